"""Operations of Firestore's administration, each of which says what it is about: `gcloud` reads that."""

from __future__ import annotations

from local.google.frame import operations
from local.google.frame.call import Body, Call, now
from local.google.frame.operations import Work

TYPES = "google.firestore.admin.v1."
DATABASE, FIELD, INDEX = "Database", "Field", "Index"
ABOUT = {
    DATABASE: ("UpdateDatabaseMetadata", ""),
    FIELD: ("FieldOperationMetadata", "field"),
    INDEX: ("IndexOperationMetadata", "index"),
}
"""Type of what is changed → type of the metadata, and the property in it that names what is changed."""


def creation_of_database(call: Call, name: str, work: Work) -> Body:
    """Begin to make a database."""
    about = operations.typed(f"{TYPES}CreateDatabaseMetadata", {})
    return operations.begun(call, _prefix(name), f"{TYPES}{DATABASE}", work, about)


def deletion_of_database(call: Call, name: str, work: Work) -> Body:
    """Delete a database."""
    about = operations.typed(f"{TYPES}DeleteDatabaseMetadata", {})
    return operations.done(call, _prefix(name), f"{TYPES}{DATABASE}", work, about)


def change(call: Call, kind: str, name: str, work: Work) -> Body:
    """Change a database, a field or an index, or make an index."""
    message, named_by = ABOUT[kind]
    named = {named_by: name} if named_by else {}
    moment = now()
    told = {"startTime": moment, "endTime": moment, "state": "SUCCESSFUL", **named}
    about = operations.typed(f"{TYPES}{message}", told)
    return operations.done(call, _prefix(name), f"{TYPES}{kind}", work, about)


def database_of(name: str) -> str:
    """`projects/P/databases/D` of whatever is in it."""
    return "/".join(name.split("/")[:4])


def _prefix(name: str) -> str:
    return f"{database_of(name)}/"
