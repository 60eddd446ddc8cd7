"""The copies of pgBackRest's repository: what is in the bucket, which of it leads to a moment, its content.

`linode/host/ekklesia_backup/repository.py` says what is copied, and under which names. They are read with the
person's own Google identity and opened with the offline key, in the memory of this machine.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pyrage

from deploy.backup.offline_key import Identities
from deploy.remote import google_identity
from deploy.remote.errors import DeployError
from deploy.remote.layout import STANZA
from deploy.remote.stack_file import Bucket

PREFIX = "recovery/"
NAME = re.compile(r"recovery/[0-9-]{10}/(?P<cluster>[0-9]+)/(?P<path>[A-Za-z0-9_./-]+)\.age")
CATALOGUE = re.compile(r"(?P<path>.+/(archive|backup)\.info)\.[0-9]{8}T[0-9]{6}Z")
ENTRY = re.compile(r"^([0-9]{8}-[0-9]{6}F)=(\{.*\})$", re.MULTILINE)
"""A base backup in pgBackRest's catalogue of them."""
ARCHIVE_INFO = f"archive/{STANZA}/archive.info"
BACKUP_INFO = f"backup/{STANZA}/backup.info"
MANIFEST = f"backup/{STANZA}/{{}}/backup.manifest"
"""pgBackRest writes it last, and removes it first: a base backup that is being removed is not copied."""
SEGMENT_DIGITS = 24
DAY = timedelta(days=1)
MOST_DAYS = 40
"""So far back a base backup is looked for; one is made each six hours."""
SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
AT_ONCE = 8
PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""What Google answers if the same question may succeed a little later."""
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try."""


@dataclass(frozen=True, order=True)
class Base:
    """A base backup: when it began and was complete, and the segments of the log at both moments."""

    complete: datetime
    cluster: str
    label: str
    began: datetime
    first_segment: str
    last_segment: str


class Copies:
    """Copies by the names that a day has, a way to read one, and the keys that open them."""

    def __init__(
        self, names: Callable[[date], Iterable[str]], read: Callable[[str], bytes], identities: Identities
    ) -> None:
        self._names = names
        self._read = read
        self._identities = identities
        self._days: dict[date, list[str]] = {}
        self._files: dict[str, dict[str, str]] = {}
        """Cluster → path in the repository → name, of the days that were looked at."""
        self._read_already: dict[str, bytes] = {}
        """The content of each catalogue, by its name."""

    def base_before(self, moment: datetime | None, *, but: str = "") -> Base:
        """The base backup to begin from: the last that was complete before the moment.

        Without a moment the last of all, but not of the database cluster of that number. Raises DeployError.
        """
        last = (moment or datetime.now(UTC)).date() + DAY
        for days in range(MOST_DAYS):
            self._look_at(last - days * DAY)
            fitting = [
                each
                for cluster in self._files
                if moment or cluster != but
                for each in self._bases(cluster)
                if moment is None or each.complete <= moment
            ]
            if fitting and days > 1:
                return max(fitting)
        raise DeployError(f"among the copies is no base backup of the {MOST_DAYS} days before")

    def content(self, base: Base, moment: datetime | None) -> Iterator[tuple[str, bytes]]:
        """Path in the repository → content, of all that leads from the base backup to the moment."""
        day = base.began.date()
        while day <= (moment or datetime.now(UTC)).date() + DAY:
            self._look_at(day)
            day += DAY
        files = self._files[base.cluster]
        end = self._enough(base, moment)
        wanted = [path for path in files if _leads_on(path, base, end)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            contents = pool.map(lambda path: self._opened(files[path]), wanted)
            yield from zip(wanted, contents, strict=True)
        newest = self._catalogue(base.cluster, self._catalogues(base.cluster, ARCHIVE_INFO)[-1])
        for path, content in ((ARCHIVE_INFO, newest), (BACKUP_INFO, self._bases(base.cluster)[base])):
            yield path, content
            yield f"{path}.copy", content

    def _look_at(self, day: date) -> None:
        if day in self._days:
            return
        self._days[day] = list(self._names(day))
        for name in self._days[day]:
            if (found := NAME.fullmatch(name)) and ".." not in name:
                self._files.setdefault(found["cluster"], {})[found["path"]] = name

    def _enough(self, base: Base, moment: datetime | None) -> str:
        """The segment behind which nothing is needed: the last of a base backup that began later."""
        later = [each for each in self._bases(base.cluster) if moment and each.began > moment]
        return min(later).last_segment if later else "~"

    def _bases(self, cluster: str) -> dict[Base, bytes]:
        """The base backups that are there as a whole, each with the newest catalogue that names it."""
        found = {}
        for catalogue in self._catalogues(cluster, BACKUP_INFO):
            content = self._catalogue(cluster, catalogue)
            for label, told in ENTRY.findall(content.decode()):
                if MANIFEST.format(label) not in self._files[cluster]:
                    continue
                found[_base(cluster, label, json.loads(told))] = content
        return found

    def _catalogues(self, cluster: str, path: str) -> list[str]:
        """The paths of a catalogue's states, the newest last."""
        files = self._files[cluster]
        return sorted(
            each for each in files if (known := CATALOGUE.fullmatch(each)) and known["path"] == path
        )

    def _catalogue(self, cluster: str, path: str) -> bytes:
        name = self._files[cluster][path]
        if name not in self._read_already:
            self._read_already[name] = self._opened(name)
        return self._read_already[name]

    def _opened(self, name: str) -> bytes:
        try:
            return bytes(pyrage.decrypt(self._read(name), self._identities))
        except pyrage.DecryptError as error:
            raise DeployError(f"{name} does not open with this key, or was altered") from error


@contextmanager
def in_bucket(bucket: Bucket | None, identities: Identities) -> Iterator[Copies]:
    """The copies in the stack's bucket. Raises DeployError if it cannot be read."""
    if bucket is None:
        raise DeployError("the stack names no project, so there is no bucket with copies")
    token = bucket.access_token or google_identity.access_token(SCOPE)
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{bucket.storage_url}/storage/v1/b/{bucket.name}/o"
    with httpx.Client(timeout=TIMEOUT, verify=ssl.create_default_context(), headers=headers) as client:

        def read(name: str) -> bytes:
            return _answer(client, f"{address}/{quote(name, safe='')}", alt="media").content

        def names(day: date) -> Iterator[str]:
            return _names(client, address, f"{PREFIX}{day:%Y-%m-%d}/")

        yield Copies(names, read, identities)


def _names(client: httpx.Client, address: str, prefix: str) -> Iterator[str]:
    query = {"prefix": prefix}
    while True:
        page = _answer(client, address, **query).json()
        yield from (str(each["name"]) for each in page.get("items", []))
        if "nextPageToken" not in page:
            return
        query["pageToken"] = page["nextPageToken"]


def _answer(client: httpx.Client, address: str, **query: str) -> httpx.Response:
    """An answer of the bucket. A recovery reads thousands of objects, so one that fails is asked for again.

    https://cloud.google.com/storage/docs/retry-strategy
    """
    for pause in (*PAUSES, None):
        try:
            return client.get(address, params=query).raise_for_status()
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            reason, passes = f"HTTP {status}", status in PASSING
        except httpx.HTTPError as error:
            reason, passes = repr(error), True
        if pause is None or not passes:
            break
        time.sleep(pause)
    raise DeployError(f"the bucket with the copies: {reason}")


def _leads_on(path: str, base: Base, end: str) -> bool:
    """Whether a file belongs to the base backup or to the log between its first segment and the end."""
    folder, _, name = path.rpartition("/")
    if path.startswith(f"archive/{STANZA}/"):
        is_between = "info" not in name and base.first_segment <= name[:SEGMENT_DIGITS] <= end
        return is_between or ".history" in name
    return f"{folder}/".startswith(f"backup/{STANZA}/{base.label}/")


def _base(cluster: str, label: str, told: dict[str, Any]) -> Base:
    return Base(
        complete=datetime.fromtimestamp(told["backup-timestamp-stop"], UTC),
        cluster=cluster,
        label=label,
        began=datetime.fromtimestamp(told["backup-timestamp-start"], UTC),
        first_segment=told["backup-archive-start"],
        last_segment=told["backup-archive-stop"],
    )
