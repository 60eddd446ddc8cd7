"""The program's settings: `fab provision` writes backup.json, `fab configure` writes offsite.json.

`places.py` holds the second against what the first task wrote down beside it.
"""

import json
from typing import NamedTuple, Optional

from ekklesia_backup import places
from ekklesia_backup.errors import BackupError
from ekklesia_backup.retention import Rule

BACKUP_FILE = "/etc/ekklesia/backup.json"
OFFSITE_FILE = "/etc/ekklesia/offsite.json"


class Settings(NamedTuple):
    """What is backed up, for whom it is encrypted (age's public key), in which folder and for how long."""

    recipient: str
    database: str
    media: str
    release: str
    """The link to the release that serves."""
    folder: str
    repository: str
    """pgBackRest's."""
    rule: Rule


class Offsite(NamedTuple):
    """The bucket, and how the host proves that it may write there."""

    bucket: str
    storage_url: str
    sts_url: str
    iam_credentials_url: str
    pool_provider: str
    service_account: str
    issuer: str
    subject: str
    key_file: str


def load(path: str = BACKUP_FILE) -> Settings:
    """The settings of this host. Raises BackupError if `fab provision` has not written them."""
    content = _read(path)
    if content is None:
        raise BackupError("{} is missing; run `fab provision`".format(path))
    return _typed(path, lambda: Settings(**dict(content, rule=Rule(**content["rule"]))))


def load_offsite(path: str = OFFSITE_FILE, fixed: str = places.FILE) -> Optional[Offsite]:
    """Where copies go; None if that is not set yet. Raises BackupError if they may not go there."""
    content = _read(path)
    if content is None:
        return None
    offsite = _typed(path, lambda: Offsite(**content))
    places.require(content, fixed)
    return offsite


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise BackupError("{}: {}".format(path, error))


def _typed(path, build):
    try:
        return build()
    except (TypeError, KeyError) as error:
        raise BackupError("{}: {}".format(path, error))
