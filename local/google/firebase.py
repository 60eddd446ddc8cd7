"""Firebase v1beta1: the web apps of the project. A removed one can come back for 30 days."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from local.google import firebase_projects
from local.google.frame import operations
from local.google.frame.call import Body, Call
from local.google.frame.etags import etag_of
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.firebase_apps import WEB_APPS, sdk_configuration
from local.services.google_errors import GoogleError, failed_precondition, invalid, not_found

API = firebase_projects.API
COLLECTION = "projects.webApps"
TYPE = "google.firebase.v1beta1.WebApp"
ACTIVE, DELETED = "ACTIVE", "DELETED"
KEPT_DAYS = 30
APP_ID_DIGITS = 11
"""Bytes of the random part of an app's id."""


@API.serves(f"{COLLECTION}.create", permission="firebase.clients.create", is_recorded_only=True)
def create(call: Call) -> Body:
    """Make an app; Google invents its id."""
    firebase_projects.require_firebase(call)
    app_id = f"1:{call.number}:web:{secrets.token_hex(APP_ID_DIGITS)}"
    name = f"{call.given['parent']}/webApps/{app_id}"
    record = Record(WEB_APPS, name, {**call.body, "name": name, "appId": app_id, "state": ACTIVE})

    def work() -> Body:
        call.store.put(record)
        return _shown(call, record)

    return operations.done(call, "", TYPE, work)


@API.serves(f"{COLLECTION}.get", permission="firebase.clients.get")
def get(call: Call) -> Body:
    """One app, a removed one too."""
    return _shown(call, _app(call))


@API.serves(f"{COLLECTION}.getConfig", permission="firebase.clients.get")
def get_config(call: Call) -> Body:
    """What the SDK of an app is told."""
    record = call.record(WEB_APPS, call.given["name"].removesuffix("/config"))
    app_id = record.name.rsplit("/", 1)[-1]
    return {**sdk_configuration(call.project, app_id), "projectNumber": str(call.number)}


@API.serves(f"{COLLECTION}.list", permission="firebase.clients.list")
def list_(call: Call) -> Body:
    """The apps; removed ones only if asked for."""
    within = call.within(WEB_APPS, call.given["parent"])
    shown = [_shown(call, each) for each in within]
    wanted = (ACTIVE, DELETED) if call.given.get("showDeleted") == "true" else (ACTIVE,)
    return page((each for each in shown if each["state"] in wanted), "apps", call.given)


@API.serves(f"{COLLECTION}.patch", permission="firebase.clients.update", is_recorded_only=True)
def patch(call: Call) -> Body:
    """Change an app by a mask."""
    before = _app(call)
    if before.resource["state"] != ACTIVE:
        raise failed_precondition("The App has been removed.")
    record = Record(
        WEB_APPS, before.name, call.updated(before.resource, "name", "appId", "projectId", "state")
    )
    call.store.put(record)
    return _shown(call, record)


@API.serves(f"{COLLECTION}.remove", permission="firebase.clients.delete", is_recorded_only=True)
def remove(call: Call) -> Body:
    """Remove an app: at once, or so that it can come back."""
    record = _app(call)
    if record.resource["state"] != ACTIVE and not call.body.get("immediate"):
        raise failed_precondition("The App has been removed already.")

    def work() -> Body:
        if call.body.get("immediate"):
            call.store.delete(WEB_APPS, record.name)
            return _shown(call, record)
        ends = (datetime.now(UTC) + timedelta(days=KEPT_DAYS)).isoformat()
        return _put(call, record, {"state": DELETED, "expireTime": ends})

    return operations.done(call, "", TYPE, work)


@API.serves(f"{COLLECTION}.undelete", permission="firebase.clients.undelete", is_recorded_only=True)
def undelete(call: Call) -> Body:
    """Bring a removed app back."""
    record = _app(call)
    if record.resource["state"] != DELETED:
        raise invalid("The App has not been removed.")
    plain = {key: value for key, value in record.resource.items() if key != "expireTime"}
    kept = Record(WEB_APPS, record.name, plain)
    return operations.done(call, "", TYPE, lambda: _put(call, kept, {"state": ACTIVE}))


@API.serves("operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


def _app(call: Call) -> Record:
    record = call.record(WEB_APPS, call.given["name"])
    ends = record.resource.get("expireTime")
    if ends and datetime.fromisoformat(ends) < datetime.now(UTC):
        raise not_found(record.name)
    etag = call.body.get("etag")
    if etag and etag != etag_of(record.resource):
        raise GoogleError(409, "The etag does not match.", "ABORTED")
    return record


def _put(call: Call, record: Record, changes: Body) -> Body:
    after = Record(WEB_APPS, record.name, {**record.resource, **changes})
    call.store.put(after)
    return _shown(call, after)


def _shown(call: Call, record: Record) -> Body:
    return {**record.resource, "projectId": call.project, "etag": etag_of(record.resource)}
