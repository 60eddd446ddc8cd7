"""A package of Debian's: fetched by its checksum from the first place that has it, and read as files.

Releases of Debian move to its archive one day, so each package names several places. Leaves what is made of
the files to others.
"""

from __future__ import annotations

import hashlib
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from debian.debfile import DebFile

from deploy.remote.errors import DeployError

PLACES = (
    "https://deb.debian.org/debian-security",
    "https://deb.debian.org/debian",
    "https://archive.debian.org/debian-security",
    "https://archive.debian.org/debian",
)
TIMEOUT = httpx.Timeout(30.0, connect=10.0)


@dataclass(frozen=True)
class Package:
    """`path` below one of the places; `sha256` of the whole file."""

    path: str
    sha256: str

    def fetch(self, places: Sequence[str] = PLACES) -> bytes:
        """The package. Raises DeployError, in one line, if no place has exactly this file."""
        failures = []
        # Python's own context trusts what the machine trusts; httpx's list knows only certifi's authorities.
        trust = ssl.create_default_context()
        with httpx.Client(timeout=TIMEOUT, follow_redirects=True, verify=trust) as client:
            for place in places:
                try:
                    answer = client.get(f"{place}/{self.path}").raise_for_status()
                except httpx.HTTPError as error:
                    failures.append(f"{place}: {error!r}")
                    continue
                if hashlib.sha256(answer.content).hexdigest() == self.sha256:
                    return answer.content
                failures.append(f"{place}: another file than the wanted one")
        name = self.path.rpartition("/")[2]
        raise DeployError(f"{name} is nowhere to be had: {'; '.join(failures)}")


def files(package: bytes, below: str) -> Iterator[tuple[str, bytes]]:
    """Path and content of each plain file below a folder (`usr/lib/…`), in the package's order."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.deb"
        path.write_bytes(package)
        with DebFile(str(path)) as opened:
            tree = opened.data.tgz()
            for member in tree.getmembers():
                name = member.name.removeprefix("./")
                content = tree.extractfile(member) if member.isreg() else None
                if content and name.startswith(f"{below}/"):
                    yield name.removeprefix(f"{below}/"), content.read()
