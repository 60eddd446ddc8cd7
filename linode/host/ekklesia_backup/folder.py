"""The folder of archives: list it, thin it out, describe it. One writer at a time."""

import fcntl
import os
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

from ekklesia_backup import archive, offsite, retention
from ekklesia_backup.configuration import Offsite

SUFFIXES = ("", ".sha256", offsite.MARK)
"""The endings of the files that belong to one archive. The archive itself is removed first."""


def names(folder: str) -> List[str]:
    """All archives, the oldest first."""
    return sorted(filter(retention.NAME.fullmatch, os.listdir(folder)))


def thin_out(folder: str, rule: retention.Rule) -> List[str]:
    """Remove what the rule does not keep; the names of what was removed."""
    present = names(folder)
    gone = retention.removable(present, rule, newest_good(folder, present))
    for name in gone:
        for suffix in SUFFIXES:
            if os.path.exists(os.path.join(folder, name + suffix)):
                os.remove(os.path.join(folder, name + suffix))
    return gone


def newest_good(folder: str, present: List[str]) -> Optional[str]:
    """The newest archive whose content matches its checksum."""
    whole = (name for name in reversed(present) if archive.is_whole(os.path.join(folder, name)))
    return next(whole, None)


def describe(folder: str, place: Optional[Offsite], refusal: str = "") -> Dict[str, Any]:
    """What there is, the oldest first, and how copying it went; `refusal` says why nothing may be copied."""
    backups = [
        {
            "name": name,
            "made": "{:%Y-%m-%dT%H:%M:%SZ}".format(retention.made(name)),
            "bytes": os.path.getsize(os.path.join(folder, name)),
            "copied": offsite.is_copied(folder, name),
        }
        for name in names(folder)
    ]
    return {
        "backups": backups,
        "bucket": place.bucket if place else "",
        "copy_error": refusal or (offsite.last_error(folder) if place else ""),
    }


@contextmanager
def locked(folder: str, purpose: str) -> Iterator[None]:
    """Wait until no other process does the same in the folder. The lock ends with this process."""
    with open(os.path.join(folder, ".{}.lock".format(purpose)), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
