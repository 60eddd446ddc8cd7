"""What every test stands on: the toolchain is found, also where it is on nobody's PATH."""

from local.environment import extend_path

pytest_plugins = ["tests.figures", "tests.parallel"]

extend_path()
