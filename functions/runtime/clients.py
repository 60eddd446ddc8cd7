"""The clients of Firestore and Firebase Auth: made on first use, once in an instance's life."""

from __future__ import annotations

import threading
from functools import cache

import firebase_admin
from google.cloud import firestore

from .settings import ProjectSettings, load

RIGHTS_DATABASE = "rights"
ERASED_DATABASE = "erased"

MEMBERS = "(default)"
"""The database of the members, and of all that belongs to them."""
_lock = threading.Lock()


@cache
def firestore_client(database: str = MEMBERS) -> firestore.Client:
    """A database of Firestore, as the function's own service account."""
    return firestore.Client(project=load(ProjectSettings).gcp_project, database=database)


@cache
def rights_client() -> firestore.Client:
    """The database of confirmed roles, which no restore of the register reaches."""
    return firestore.Client(project=load(ProjectSettings).gcp_project, database=RIGHTS_DATABASE)


@cache
def erased_client() -> firestore.Client:
    """The database of the list of erased keys, which no restore of either half reaches."""
    return firestore.Client(project=load(ProjectSettings).gcp_project, database=ERASED_DATABASE)


def firebase_app() -> firebase_admin.App:
    """Firebase Auth, as the function's own service account."""
    with _lock:
        try:
            return firebase_admin.get_app()
        except ValueError:
            return firebase_admin.initialize_app(options={"projectId": load(ProjectSettings).gcp_project})
