"""The backups on the host: have one made and copied, list them, check one, fetch one.

A program on the host makes them (`linode/host/ekklesia_backup`), so that timers need no Fabric. They are
encrypted, and nothing here can read one. `restore.py` can, with the offline key.
"""

from __future__ import annotations

import json
from hashlib import file_digest
from pathlib import Path

from pydantic import BaseModel, ValidationError

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.verbs import ask, receive


class Backup(BaseModel):
    """One backup. `copied` says whether a copy is known to be off the host."""

    name: str
    made: str
    bytes: int
    copied: bool


class Recovery(BaseModel):
    """How far the copies of the database's log have come, by which it is recovered to any moment.

    `until`: all of the log is off the host up to this moment; `base`: when the newest base backup that is off
    it was complete; `waiting_since`: since when something waits to be copied; `error`: why; `archiver`: why
    PostgreSQL does not hand its log over; `gap`: the last moment before the newest gap of the log, and the
    first behind it, if there is one yet. All are empty if there is nothing to say.
    """

    until: str
    base: str
    waiting_since: str
    error: str
    archiver: str
    gap: tuple[str, str] | None = None


class Backups(BaseModel):
    """All of them, the oldest first; the bucket they are copied to, and why the last copy failed.

    `recovery` is missing on a host of an earlier release.
    """

    backups: list[Backup]
    bucket: str
    copy_error: str
    recovery: Recovery | None = None

    @property
    def is_recoverable(self) -> bool:
        """Whether copies of the database's log are in the bucket."""
        return bool(self.bucket and self.recovery and self.recovery.base)

    def choose(self, wanted: str | None) -> Backup:
        """The backup of that name, or the newest. Raises DeployError if there is none."""
        if wanted is None and self.backups:
            return self.backups[-1]
        for backup in self.backups:
            if backup.name == wanted:
                return backup
        raise DeployError(f"no backup {wanted}" if wanted else "there are no backups")


def back_up(host: Host, reason: str) -> str:
    """Have a backup made; its path on the host. The host then begins to copy it by itself."""
    return ask(host, "backup-make", {"reason": reason}, what="backup", guard=True).stdout.strip()


def copy_off(host: Host) -> str:
    """Copy what is not copied yet and wait for that; the destination, in words.

    Raises DeployError if it fails. The backups stay on the host, and the host tries again each hour.
    """
    status = ask(host, "backup-copy", check=False).status
    found = listed(host)
    if status:
        reason = found.copy_error or f"see `fab logs --unit={layout.BACKUP_COPY_SERVICE}`"
        raise DeployError(f"kept on the host and tried again each hour, but not copied off it: {reason}")
    return f"to {found.bucket}" if found.bucket else "nowhere: no bucket is set"


def listed(host: Host) -> Backups:
    """What there is, as the host's program lists it."""
    told = ask(host, "backup-list", what="list of backups").stdout
    try:
        return Backups.model_validate_json(told)
    except ValidationError as error:
        raise DeployError("the host's list of backups cannot be read; run `fab provision`") from error


def check(host: Host, name: str) -> None:
    """Refuse a backup whose checksum differs or is missing."""
    ask(host, "backup-check", {"name": name}, what="check of the backup")


def fetch(host: Host, name: str, folder: Path) -> Path:
    """Fetch a backup into a folder of this machine. It gets its name only once its checksum is right."""
    here = folder / name
    checksum = ask(host, "backup-checksum", {"name": name}, what=f"checksum of {name}").stdout
    partial = folder / f".{name}.partial"
    try:
        with partial.open("wb") as file:
            receive(host, "backup-read", {"name": name}, file, what=f"fetching {name}")
        if checksum.split()[:1] != [_sha256(partial)]:
            raise DeployError(f"{name} is damaged: its checksum differs")
        partial.replace(here)
    finally:
        partial.unlink(missing_ok=True)
    Path(f"{here}.sha256").write_text(checksum)
    return here


def check_file(path: Path) -> None:
    """Refuse a file that differs from the checksum beside it. Without one, only decrypting can tell."""
    beside = Path(f"{path}.sha256")
    try:
        if beside.exists() and beside.read_text().split()[:1] != [_sha256(path)]:
            raise DeployError(f"{path.name} is damaged: its checksum differs")
        path.open("rb").close()
    except OSError as error:
        raise DeployError(f"{path}: {error.strerror}") from error


def as_json(found: Backups) -> str:
    """For `--json`."""
    return json.dumps(found.model_dump())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
