"""What every test stands on: the toolchain is found, also where it is on nobody's PATH."""

from local.environment import extend_path

extend_path()
