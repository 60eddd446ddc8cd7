"""What every test stands on: the toolchain is found, also where it is on nobody's PATH."""

from local.environment import extend_path

pytest_plugins = ["tests.figures", "tests.parallel", "tests.slow_start"]

extend_path()
