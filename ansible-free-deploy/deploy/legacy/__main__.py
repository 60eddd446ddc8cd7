"""Makes the legacy runtime's Django and says its checksum: `python -m deploy.legacy`."""

from __future__ import annotations

import sys

from deploy.legacy.django import checksum, wheel_file
from deploy.remote.errors import DeployError

if __name__ == "__main__":
    try:
        path = wheel_file()
    except DeployError as error:
        sys.exit(error.message)
    print(f"{path}\nsha256:{checksum(path)}")
