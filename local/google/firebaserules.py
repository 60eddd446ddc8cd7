"""Firebase Rules v1: rulesets, and the releases that give one to the Firestore emulator.

A release is changed in place by PATCH, so that rules are in force at every moment.
"""

from __future__ import annotations

import threading
import uuid

from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.firestore_rules import (
    DATABASES,
    FIRST_DATABASE,
    RELEASE,
    RELEASES,
    RULESETS,
    RulesError,
    put_rules,
)
from local.services.google_errors import GoogleError, already_exists, failed_precondition, invalid, not_found

API = Api("firebaserules.v1")
_releasing = threading.Lock()


@API.serves("projects.rulesets.create")
def create_ruleset(call: Call) -> Body:
    """Keep a source text. Whether it compiles shows when it is released."""
    name = f"{call.given['name']}/rulesets/{uuid.uuid4()}"
    record = Record(RULESETS, name, {"source": call.body["source"]}, {"created": now()})
    call.store.put(record)
    return _ruleset(record)


@API.serves("projects.rulesets.get")
def get_ruleset(call: Call) -> Body:
    """One ruleset."""
    return _ruleset(call.record(RULESETS, call.given["name"]))


@API.serves("projects.rulesets.list")
def list_rulesets(call: Call) -> Body:
    """The names of all rulesets."""
    found = [_ruleset(record) for record in call.store.list(RULESETS)]
    return page(
        ({key: each[key] for key in ("name", "createTime")} for each in found), "rulesets", call.given
    )


@API.serves("projects.rulesets.delete")
def delete_ruleset(call: Call) -> Body:
    """Delete a ruleset that no release has."""
    record = call.record(RULESETS, call.given["name"])
    if any(each.resource["rulesetName"] == record.name for each in call.store.list(RELEASES)):
        raise failed_precondition(f"Ruleset {record.name} is referenced by a release.")
    call.store.delete(RULESETS, record.name)
    return {}


@API.serves("projects.releases.create")
def create_release(call: Call) -> Body:
    """Put a ruleset in force."""
    if call.store.get(RELEASES, call.body["name"]):
        raise already_exists("Requested entity already exists")
    return _release(_put(call, call.body["name"], call.body, now()))


@API.serves("projects.releases.patch")
def patch_release(call: Call) -> Body:
    """Put another ruleset in force, without a moment between."""
    before = call.record(RELEASES, call.given["name"])
    sent = {**call.body.get("release", {}), "name": before.name}
    return _release(_put(call, before.name, sent, before.status.get("created", now())))


@API.serves("projects.releases.get")
def get_release(call: Call) -> Body:
    """One release."""
    return _release(call.record(RELEASES, call.given["name"]))


@API.serves("projects.releases.list")
def list_releases(call: Call) -> Body:
    """All releases."""
    return page((_release(record) for record in call.store.list(RELEASES)), "releases", call.given)


@API.serves("projects.releases.delete")
def delete_release(call: Call) -> Body:
    """Deny everything in that database from now on."""
    record = call.record(RELEASES, call.given["name"])
    call.store.delete(RELEASES, record.name)
    if any(call.store.list(DATABASES)):
        _compile(call)
    return {}


def _put(call: Call, name: str, sent: Body, created: str) -> Record:
    """Record the release and give all rules to the emulator. If they do not compile, all is as before."""
    _require_ruleset(call, sent.get("rulesetName", ""))
    _require_database(call, name)
    release = {"name": name, "rulesetName": sent["rulesetName"]}
    record = Record(RELEASES, name, release, {"created": created, "updated": now()})
    with _releasing:
        before = call.store.get(RELEASES, name)
        call.store.put(record)
        try:
            _compile(call)
        except GoogleError:
            call.store.put(before) if before else call.store.delete(RELEASES, name)
            raise
    return record


def _require_ruleset(call: Call, name: str) -> None:
    if call.store.get(RULESETS, name) is None:
        raise not_found(name)


def _require_database(call: Call, release: str) -> None:
    """The service must be Firestore, whose rules are enforced here, and the database must exist."""
    service, _, database = release.partition("/releases/")[2].partition("/")
    if service != RELEASE:
        raise invalid(f"The one-machine world enforces rules of {RELEASE} only.")
    name = f"projects/{call.project}/databases/{database or FIRST_DATABASE}"
    if call.store.get(DATABASES, name) is None:
        raise not_found(name)


def _compile(call: Call) -> None:
    try:
        put_rules(call.world)
    except RulesError as error:
        raise invalid(str(error)) from error


def _ruleset(record: Record) -> Body:
    created = record.status.get("created", "1970-01-01T00:00:00Z")
    return {"name": record.name, "source": record.resource["source"], "createTime": created}


def _release(record: Record) -> Body:
    created = record.status.get("created", "1970-01-01T00:00:00Z")
    return {**record.resource, "createTime": created, "updateTime": record.status.get("updated", created)}
