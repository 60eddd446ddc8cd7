"""Copies pgBackRest's repository off the host, each file as it comes, encrypted, under a name of its own.

What was copied stands, a name a line, in `repository.copied` in the folder of the archives, and how it went
in `repository.json`. A name that is missing there is copied again, which the bucket takes for done. A failure
is written down and tried again.
"""

import os
import time
from datetime import datetime
from typing import Any, Dict, Iterator, Optional, Set

from ekklesia_backup import archive, federation, gaps, offsite, repository
from ekklesia_backup.configuration import Offsite, Settings
from ekklesia_backup.errors import BackupError

COPIED = "repository.copied"
OUTCOME = "repository.json"
UNDER_WAY = ".repository.age"
"""What is being copied. It may be large, and the system's own folder for such files may be in memory."""
PAUSE_SECONDS = 3
PAUSE_AFTER_FAILURE_SECONDS = 20
TOKEN_SECONDS = 1800
"""Google's are valid for an hour."""


class _GoneError(Exception):
    """pgBackRest has removed the file meanwhile."""


class Follower:
    """Copies what is new in a repository, again and again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._copied = _names(settings.folder)
        self._token_ends = 0.0

    def step(self, place: Optional[Offsite]) -> bool:
        """Copy what is there and not copied yet; whether that went well. Without a place nothing is done."""
        error = ""
        try:
            if place:
                for each in repository.copyable(self._settings.repository):
                    if each.name not in self._copied:
                        self._copy(each, place)
        except _GoneError:
            return True  # Look again, before a catalogue that names it is copied.
        except (BackupError, OSError) as failure:
            error = str(failure)
            self._token_ends = 0.0
        _note(self._settings.folder, error)
        return not error

    def _copy(self, each: repository.Copyable, place: Offsite) -> None:
        if time.monotonic() > self._token_ends:
            self._token = federation.access_token(place)
            self._token_ends = time.monotonic() + TOKEN_SECONDS
        path = os.path.join(self._settings.folder, UNDER_WAY)
        archive.encrypt(self._settings.recipient, _chunks(self._settings.repository, each), path)
        offsite.upload(path, each.name, place, self._token)
        os.remove(path)
        self._copied.add(each.name)
        with open(os.path.join(self._settings.folder, COPIED), "a", encoding="ascii") as file:
            file.write(each.name + "\n")


def follow(settings: Settings, load_place: Any) -> None:
    """Copy what comes, until this process ends."""
    _forget_removed(settings)
    follower = Follower(settings)
    while True:
        try:
            place = load_place()
        except BackupError:
            place = None  # `ekklesia-backup list` says why nothing may be copied.
        well = follower.step(place)
        time.sleep(PAUSE_SECONDS if well else PAUSE_AFTER_FAILURE_SECONDS)


def describe(settings: Settings) -> Dict[str, Any]:
    """How far the copies have come.

    `until`: the write-ahead log is off the host up to this moment; `base`: when the newest base backup that
    is off it was complete; `waiting_since`: when the oldest file came that is not copied; `error`: why
    copying failed last; `gap`: the last moment before the newest gap, and the first one behind it.
    """
    copied, until, waiting, base = _names(settings.folder), "", "", ""
    files = repository.copyable(settings.repository)
    gap = gaps.newest(files)
    end = _text(gap.after) if gap and not gap.until else ""
    for each in files:
        written = _text(each.written)
        if each.name not in copied:
            waiting = min(waiting or written, written)
        elif repository.SEGMENT.fullmatch(os.path.basename(each.path)) and not waiting:
            until = max(until, min(written, end or written))
        elif os.path.basename(each.path) == repository.MANIFEST:
            base = max(base, written)
    return {
        "until": until,
        "base": base,
        "waiting_since": waiting,
        "error": offsite.last_error(settings.folder, OUTCOME),
        "gap": [_text(gap.after), _text(gap.until) if gap.until else ""] if gap else None,
    }


def _names(folder: str) -> Set[str]:
    """The names of what was copied."""
    try:
        with open(os.path.join(folder, COPIED), encoding="ascii") as file:
            return set(file.read().split())
    except FileNotFoundError:
        return set()


def _forget_removed(settings: Settings) -> None:
    """Shorten the list to what is still in the repository."""
    present = {each.name for each in repository.copyable(settings.repository)}
    path = os.path.join(settings.folder, COPIED)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.writelines(name + "\n" for name in sorted(_names(settings.folder) & present))
    os.rename(path + ".new", path)


def _chunks(folder: str, each: repository.Copyable) -> Iterator[bytes]:
    if each.content is not None:
        yield each.content
        return
    try:
        file = open(os.path.join(folder, each.path), "rb")  # noqa: SIM115 (closed below)
    except FileNotFoundError:
        raise _GoneError
    with file:
        yield from iter(lambda: file.read(archive.CHUNK), b"")


def _note(folder: str, error: str) -> None:
    """Write down how it went, if that is another than before."""
    if offsite.last_error(folder, OUTCOME) != error or not os.path.exists(os.path.join(folder, OUTCOME)):
        offsite.note(folder, error, OUTCOME)


def _text(moment: datetime) -> str:
    return "{:%Y-%m-%dT%H:%M:%SZ}".format(moment)
