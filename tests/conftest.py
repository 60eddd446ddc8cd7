"""Set up for every test: the toolchain is found even if it is not on the PATH."""

from local.environment import extend_path

pytest_plugins = [
    "tests.figures",
    "tests.generated_inputs",
    "tests.parallel",
    "tests.seed",
    "tests.slow_start",
]

extend_path()
