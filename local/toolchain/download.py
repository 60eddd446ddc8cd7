"""Fetches one large file over HTTPS and checks its SHA-256. A broken download continues where it ended.

Owns the incomplete file beside the target (`NAME.part`), with which a later run continues. Leaves to each
tool which file it needs and where the size and the checksum are pinned.
"""

from __future__ import annotations

import hashlib
import ssl
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.exclusive import exclusively
from local.steps import Say
from local.toolchain.tool import ToolMissingError
from local.world import CACHE

DOWNLOADS = CACHE / "downloads"
"""The folder for files that are unpacked and then removed."""
ATTEMPTS = 3
"""After so many attempts in a row without any progress the download fails."""
PAUSE_SECONDS = 1.0
TIMEOUT = httpx.Timeout(30.0, connect=20.0)
SAY_SECONDS = 5.0
MEGABYTE = 1e6


@dataclass(frozen=True)
class Download:
    """A file to fetch: its address, its size in bytes, its checksum, and what to do if that fails."""

    address: str
    size: int
    sha256: str
    otherwise: str = "run this again later"


def fetch(download: Download, target: Path, say: Say) -> None:
    """Fetch the file to `target`, if it is not there yet. Raises ToolMissingError, in one line."""
    part = target.with_name(f"{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    with exclusively(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            _receive_all(download, part, _Progress(download, say))
            _check(download, part)
            part.replace(target)


def _receive_all(download: Download, part: Path, progress: _Progress) -> None:
    """Fetch until the file is complete. Each attempt continues where the one before ended."""
    fruitless = 0
    # Python's own context trusts what the machine trusts; httpx's default trusts only certifi's authorities.
    with httpx.Client(follow_redirects=True, timeout=TIMEOUT, verify=ssl.create_default_context()) as client:
        while (held := _size(part)) < download.size:
            reason = "the answer was too short"
            try:
                _receive(client, download, part, progress)
            except (httpx.RequestError, httpx.InvalidURL) as error:
                reason = str(error) or type(error).__name__
            except OSError as error:
                raise ToolMissingError(f"cannot write {part}: {error.strerror}") from error
            fruitless = 0 if _size(part) > held else fruitless + 1
            if fruitless == ATTEMPTS:
                raise ToolMissingError(_broken_off(download, part, reason))
            if fruitless:
                time.sleep(PAUSE_SECONDS)


def _receive(client: httpx.Client, download: Download, part: Path, progress: _Progress) -> None:
    """Make one attempt. If the server ignores the range and sends the whole file, begin again."""
    held = _size(part)
    wish = {"Range": f"bytes={held}-"} if held else {}
    with client.stream("GET", download.address, headers=wish | {"Accept-Encoding": "identity"}) as answer:
        if answer.is_error:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink()
            said = f"{answer.status_code} {answer.reason_phrase}"
            raise ToolMissingError(f"{download.address} answers {said}; {download.otherwise}")
        resumed = answer.headers.get("Content-Range", "").startswith(f"bytes {held}-")
        with part.open("ab" if resumed else "wb") as file:
            for chunk in answer.iter_bytes():
                file.write(chunk)
                progress.tell(file.tell())
                if file.tell() > download.size:
                    break


def _check(download: Download, part: Path) -> None:
    """Compare the checksum. A wrong file is removed, so that the next run begins again."""
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != download.sha256:
        size = part.stat().st_size
        part.unlink()
        difference = f"{size} bytes with SHA-256 {digest}, not {download.size} with {download.sha256}"
        raise ToolMissingError(
            f"{download.address} gave a wrong file, which was removed ({difference}); {download.otherwise}"
        )


def _broken_off(download: Download, part: Path, reason: str) -> str:
    held = _size(part)
    if not held:
        return f"{download.address} cannot be reached ({reason}); {download.otherwise}"
    return (
        f"the download of {download.address} broke off at {_share(held, download.size)} ({reason});"
        " run this again to go on from there"
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _share(held: int, size: int) -> str:
    return f"{held / MEGABYTE:.1f} of {size / MEGABYTE:.1f} MB"


class _Progress:
    """Says every few seconds how much has been fetched, and for how long that has been going on."""

    def __init__(self, download: Download, say: Say) -> None:
        self._size = download.size
        self._say = say
        self._began = self._told = time.monotonic()
        say(f"fetching {download.address} ({download.size / MEGABYTE:.1f} MB)")

    def tell(self, held: int) -> None:
        now = time.monotonic()
        if now - self._told >= SAY_SECONDS:
            self._told = now
            self._say(f"{_share(held, self._size)} after {now - self._began:.0f} s")
