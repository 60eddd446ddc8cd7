"""Names that the outside world relies on, or that several modules use."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository's root; the folders that are archived, hashed and deployed are in it."""

DATABASE = "(default)"
"""Firestore's own name for a project's first database; clients use that one by default."""
RIGHTS_DATABASE = "rights"
"""Named in `functions/runtime/clients.py` too."""
ERASED_DATABASE = "erased"
"""The database of the list of erased keys; named in `functions/runtime/clients.py` too."""

LOGIN_LIMITS_DATABASE = "login-limits"
"""The database of what limits log-ins, and of nothing else."""

EVERYONE = frozenset({"allUsers", "allAuthenticatedUsers"})
"""The members by which IAM gives something to the whole world."""

DAILY_JOB = "bidirectional-member-sync"
SWEEP_JOB = "member-sync-sweep"

NUDGE_ACCOUNT = "sync-nudge"
OPERATOR_PREFIX = "operator-"
"""An operator's account is named by it and the operator's name."""
HOST_POOL = "linode"
NUDGE_PROVIDER = "django"
BACKUP_ACCOUNT = "host-backup"
BACKUP_BUCKET_SUFFIX = "-backups"
"""The name of the bucket for backups is the project's id with this suffix."""
BACKUP_PROVIDER = "backup"
"""A provider's id is also the `sub` of the tokens that it accepts."""


def member_of(email: str) -> str:
    """The IAM member of a service account's e-mail address."""
    return f"serviceAccount:{email}"
