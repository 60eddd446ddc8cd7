"""What is missing in the middle of the log that pgBackRest keeps: it gives up what waits too long.

No recovery leads over a gap. Only a base backup that began behind it begins again.
"""

import json
import os
import re
from datetime import datetime
from typing import Iterator, List, NamedTuple, Optional, Tuple

from ekklesia_backup import repository
from ekklesia_backup.repository import Copyable

NUMBER = re.compile(r"[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})")
"""A segment's name: its timeline, and the two parts of its number."""
PER_LOG = 256
"""Segments of 16 MiB, which Debian's clusters have, for each first part of the number."""
Place = Tuple[int, int]
"""Of a segment: pgBackRest's number for its cluster (1 in `15-1`), and its own; that begins again in each."""


class Gap(NamedTuple):
    """The last moment before it, and when the base backup behind it was complete, if there is one yet."""

    after: datetime
    until: Optional[datetime]


def newest(files: List[Copyable]) -> Optional[Gap]:
    """The newest gap of a repository's files; None if there is none."""
    ends = list(_ends(files))
    if not ends:
        return None
    place, after = ends[-1]
    behind = [complete for start, complete in _bases(files) if start > place]
    return Gap(after, min(behind) if behind else None)


def _ends(files: List[Copyable]) -> Iterator[Tuple[Place, datetime]]:
    """The last segment before each gap: its place, and when it was written."""
    before = None
    for each in files:
        found = NUMBER.match(os.path.basename(each.path))
        if not found or not repository.SEGMENT.fullmatch(os.path.basename(each.path)):
            continue
        cluster, number = int(each.path.split("/")[2].rpartition("-")[2]), _number(found)
        if before and before[0][0] == cluster and number > before[0][1] + 1:
            yield before
        before = (cluster, number), each.written


def _bases(files: List[Copyable]) -> Iterator[Tuple[Place, datetime]]:
    """Of each base backup the place of its first segment, and when it was complete."""
    complete = {each.path: each.written for each in files}
    for each in files:
        if each.path != repository.BACKUP_INFO:
            continue
        for label, told in repository.BASE.findall(each.content.decode()):
            manifest = "{}/{}/{}".format(repository.BACKUP, label, repository.MANIFEST)
            if manifest in complete:
                entry = json.loads(told)
                start = _number(NUMBER.match(entry["backup-archive-start"]))
                yield (entry["db-id"], start), complete[manifest]


def _number(found: "re.Match[str]") -> int:
    return int(found.group(1), 16) * PER_LOG + int(found.group(2), 16)
