"""Makes the legacy runtime's Django and says its checksum: `python -m deploy.legacy`."""

from __future__ import annotations

from deploy.legacy.django import checksum, wheel_file

if __name__ == "__main__":
    path = wheel_file()
    print(f"{path}\nsha256:{checksum(path)}")
