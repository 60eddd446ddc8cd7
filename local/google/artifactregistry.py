"""Artifact Registry v1: repositories and their policies. No image is made or kept here."""

from __future__ import annotations

import re

from local.google.frame import operations, policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now, times_of
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.google_errors import already_exists, invalid

API = Api("artifactregistry.v1")
REPOSITORIES = "artifactregistry.repositories"
REPOSITORY_ID = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
COLLECTION = "projects.locations.repositories"
TYPE = "google.devtools.artifactregistry.v1.Repository"


@API.serves(f"{COLLECTION}.create", is_recorded_only=True)
def create(call: Call) -> Body:
    """Make a repository."""
    repository_id = call.given.get("repositoryId", "")
    if not REPOSITORY_ID.fullmatch(repository_id):
        raise invalid(f"Repository ID {repository_id!r} must match {REPOSITORY_ID.pattern}.")
    name = f"{call.given['parent']}/repositories/{repository_id}"
    if call.store.get(REPOSITORIES, name):
        raise already_exists("the repository already exists")
    record = Record(REPOSITORIES, name, {**call.body, "name": name}, {"created": now()})

    def work() -> Body:
        call.store.put(record)
        return _shown(record)

    return operations.done(call, f"{call.given['parent']}/", TYPE, work)


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One repository."""
    return _shown(call.record(REPOSITORIES, call.given["name"]))


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The repositories of a location."""
    within = call.within(REPOSITORIES, call.given["parent"])
    return page(map(_shown, within), "repositories", call.given)


@API.serves(f"{COLLECTION}.patch", is_recorded_only=True)
def patch(call: Call) -> Body:
    """Change one by a mask."""
    before = call.record(REPOSITORIES, call.given["name"])
    after = call.updated(before.resource, "name", "format", "kmsKeyName", "mode")
    record = Record(REPOSITORIES, before.name, after, before.status)
    call.store.put(record)
    return _shown(record)


@API.serves(f"{COLLECTION}.delete", is_recorded_only=True)
def delete(call: Call) -> Body:
    """Delete one."""
    record = call.record(REPOSITORIES, call.given["name"])

    def work() -> Body:
        policies.forget_policy(call, record.name)
        call.store.delete(REPOSITORIES, record.name)
        return {}

    return operations.done(call, operations.prefix_of(record.name), "google.protobuf.Empty", work)


@API.serves("projects.locations.operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


policies.serve(API, COLLECTION, lambda call: call.record(REPOSITORIES, call.given["resource"]).name)


def _shown(record: Record) -> Body:
    """Google says the mode, too, of a repository that was made without one."""
    return {"mode": "STANDARD_REPOSITORY", **record.resource, "name": record.name, **times_of(record)}
