"""Copies archives to a bucket of Cloud Storage, under an account that may add objects and nothing else.

An archive whose copy is in the bucket has a file `NAME.tar.copied` beside it. The next run tries again what
could not be copied. `offsite.json` keeps the reason, for `fab status`.
"""

import base64
import hashlib
import json
import os
from datetime import datetime, timezone
from typing import List
from urllib.parse import urlencode
from urllib.request import Request

from ekklesia_backup import federation
from ekklesia_backup.archive import CHUNK, is_whole
from ekklesia_backup.configuration import Offsite
from ekklesia_backup.errors import BackupError

MARK = ".copied"
OUTCOME = "offsite.json"
EXISTS = "HTTP 412"
"""The precondition that no such object exists has failed: an earlier run's copy is there, complete."""


def copy_all(folder: str, names: List[str], offsite: Offsite) -> List[str]:
    """Copy what is not copied yet, the newest first; the names of those copied.

    Raises BackupError at the first failure. How it went is written down in any case.
    """
    missing = [name for name in reversed(names) if not is_copied(folder, name)]
    error = ""
    try:
        token = federation.access_token(offsite) if missing else ""
        for name in missing:
            _copy(folder, name, offsite, token)
    except BackupError as failure:
        error = str(failure)
        raise
    finally:
        note(folder, error)
    return missing


def is_copied(folder: str, name: str) -> bool:
    """Whether an archive's copy is known to be in the bucket."""
    return os.path.exists(os.path.join(folder, name + MARK))


def note(folder: str, error: str, outcome: str = OUTCOME) -> None:
    """Write down how a run ended, in the file of that name."""
    _write(os.path.join(folder, outcome), {"at": _now(), "error": error})


def last_error(folder: str, outcome: str = OUTCOME) -> str:
    """Why the last run could not copy; empty if it could."""
    try:
        with open(os.path.join(folder, outcome), encoding="utf-8") as file:
            return str(json.load(file)["error"])
    except (OSError, ValueError, KeyError):
        return ""


def _copy(folder: str, name: str, offsite: Offsite, token: str) -> None:
    path = os.path.join(folder, name)
    if not is_whole(path):
        raise BackupError("{} is damaged: its checksum differs; it is not copied".format(name))
    upload(path, name, offsite, token)
    _write(path + MARK, {"at": _now(), "bucket": offsite.bucket})


def upload(path: str, name: str, offsite: Offsite, token: str) -> None:
    """A resumable upload: Google makes the object only if the content has the MD5 announced at the start.

    An object of that name is taken for an earlier run's copy. Raises BackupError.

    https://cloud.google.com/storage/docs/performing-resumable-uploads
    """
    query = urlencode({"uploadType": "resumable", "ifGenerationMatch": 0})
    url = "{}/upload/storage/v1/b/{}/o?{}".format(offsite.storage_url, offsite.bucket, query)
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    announced = json.dumps({"name": name, "md5Hash": _md5(path)}).encode()
    try:
        with federation.opened(Request(url, announced, headers), "upload of " + name) as answer:
            session = answer.headers["Location"]
    except BackupError as error:
        if EXISTS in str(error):
            return
        raise
    size = str(os.path.getsize(path))
    with open(path, "rb") as content:
        headers = {"Content-Length": size, "Content-Type": "application/octet-stream"}
        request = Request(session, content, headers, method="PUT")
        federation.json_of(request, "upload of " + name)


def _md5(path: str) -> str:
    """The checksum, in the form that Cloud Storage takes."""
    digest = hashlib.md5()  # noqa: S324 - against accidents, not against people  # nosec B324
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            digest.update(chunk)
    return base64.b64encode(digest.digest()).decode()


def _now() -> str:
    return "{:%Y-%m-%dT%H:%M:%SZ}".format(datetime.now(timezone.utc))


def _write(path: str, content: object) -> None:
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(content, file)
    os.rename(path + ".new", path)
