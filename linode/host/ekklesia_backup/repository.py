"""pgBackRest's repository: which of its files are complete, and the name that each has in the bucket.

    archive/main/archive.info       which database cluster the log is of
    archive/main/15-1/…             the write-ahead log: a file for each segment, its checksum in its name
    backup/main/backup.info         the base backups that are complete
    backup/main/LABEL/…             the files of one

All but the two catalogues stay as they are once they are there. So each is copied once, to
`recovery/DAY/CLUSTER/PATH.age` by the day (UTC) on which it was written, and a catalogue once for each
content, with the time behind its name. A catalogue comes after what it names. archive.info is written once
for years, so a copy of it goes with each state of backup.info, by the time of that. The operator's side of
these names is `ansible-free-deploy/deploy/backup/copies.py`.
"""

import os
import re
from datetime import datetime, timezone
from typing import List, NamedTuple, Optional

STANZA = "main"
PREFIX = "recovery"
ARCHIVE = "archive/{}".format(STANZA)
BACKUP = "backup/{}".format(STANZA)
ARCHIVE_INFO = ARCHIVE + "/archive.info"
BACKUP_INFO = BACKUP + "/backup.info"
SEGMENT = re.compile(r"[0-9A-F]{24}-[0-9a-f]{40}(\.[a-z0-9]+)?|[0-9A-F]{8}\.history(\.[a-z0-9]+)?")
"""A segment of the log, or the history of a timeline."""
CLUSTER = re.compile(r"^db-system-id=([0-9]+)$", re.MULTILINE)
BASE = re.compile(r"^([0-9]{8}-[0-9]{6}F)=(\{.*\})$", re.MULTILINE)
"""A complete base backup: its label, and what the catalogue tells of it. All of ours are full ones."""
MANIFEST = "backup.manifest"
"""The last file of a base backup that is written."""


class Copyable(NamedTuple):
    """A file of the repository, when it was written, and the name of its copy.

    `content`: of a catalogue, as it was looked at.
    """

    path: str
    written: datetime
    name: str
    content: Optional[bytes] = None


def copyable(folder: str) -> List[Copyable]:
    """What can be copied, in the order in which it is to be; nothing if there is no repository yet."""
    backup_info = _catalogue(folder, BACKUP_INFO)
    archive_info = _catalogue(folder, ARCHIVE_INFO, beside=backup_info)
    found = CLUSTER.search(archive_info.content.decode()) if archive_info else None
    if not found:
        return []
    files = [each for each in _files_below(folder, ARCHIVE) if SEGMENT.fullmatch(os.path.basename(each.path))]
    if backup_info:
        for label, _told in BASE.findall(backup_info.content.decode()):
            files += _files_below(folder, "{}/{}".format(BACKUP, label))
    files += [each for each in (archive_info, backup_info) if each]
    return [each._replace(name=_name(found.group(1), each)) for each in files]


def _name(cluster: str, each: Copyable) -> str:
    return "{}/{:%Y-%m-%d}/{}/{}.age".format(PREFIX, each.written, cluster, each.name)


def _catalogue(folder: str, path: str, beside: Optional[Copyable] = None) -> Optional[Copyable]:
    """A catalogue as it is now; None if there is none. pgBackRest replaces it as a whole.

    `beside`: another one, with each state of which it is copied.
    """
    try:
        with open(os.path.join(folder, path), "rb") as file:
            own = _moment(os.fstat(file.fileno()))
            written = max(own, beside.written) if beside else own
            return Copyable(path, written, "{}.{:%Y%m%dT%H%M%SZ}".format(path, written), file.read())
    except FileNotFoundError:
        return None


def _files_below(folder: str, path: str) -> List[Copyable]:
    """The files below a folder of the repository, sorted."""
    found = []
    for above, _folders, names in os.walk(os.path.join(folder, path)):
        for name in names:
            full = os.path.join(above, name)
            try:
                written = _moment(os.stat(full))
            except FileNotFoundError:
                continue  # pgBackRest has removed it meanwhile.
            relative = os.path.relpath(full, folder)
            found.append(Copyable(relative, written, relative))
    return sorted(found)


def _moment(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, timezone.utc)
