"""Secret Manager v1: secrets, their versions and their policies. The values are files of the world."""

from __future__ import annotations

import base64
import re
import shutil

import google_crc32c

from local.google.frame import policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now, times_of
from local.google.frame.etags import etag_of, require_seen
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.google_errors import already_exists, failed_precondition, invalid
from local.services.secret_payloads import (
    LATEST,
    VERSIONS,
    claim_version,
    erase_payload,
    payload_path,
    read_payload,
    resolve_version,
    write_payload,
)

API = Api("secretmanager.v1")
SECRETS = "secretmanager.secrets"
SECRET_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
LARGEST_PAYLOAD = 64 * 1024
STATES = {"enable": "ENABLED", "disable": "DISABLED"}


@API.serves("projects.secrets.create")
def create(call: Call) -> Body:
    """Make a secret, which has no version yet."""
    secret_id = call.given.get("secretId", "")
    if not SECRET_ID.fullmatch(secret_id):
        raise invalid(f"Secret ID {secret_id!r} must match {SECRET_ID.pattern}.")
    replication = call.body.get("replication", {})
    if len(replication.keys() & {"automatic", "userManaged"}) != 1:
        raise invalid("Secret.replication must be automatic or userManaged.")
    name = f"{call.given['parent']}/secrets/{secret_id}"
    if call.store.get(SECRETS, name):
        raise already_exists(f"Secret [{call.numbered(name)}] already exists.")
    record = Record(SECRETS, name, call.body, {"created": now()})
    call.store.put(record)
    return _secret(call, record)


@API.serves("projects.secrets.get")
def get(call: Call) -> Body:
    """A secret without its values."""
    return _secret(call, call.record(SECRETS, call.given["name"]))


@API.serves("projects.secrets.list")
def list_(call: Call) -> Body:
    """The secrets of the project."""
    found = [_secret(call, record) for record in call.store.list(SECRETS)]
    return {**page(found, "secrets", call.given), "totalSize": len(found)}


@API.serves("projects.secrets.patch")
def patch(call: Call) -> Body:
    """Change labels and the like, by a mask."""
    before = call.record(SECRETS, call.given["name"])
    require_seen(call.body.get("etag"), etag_of(before.resource))
    after = call.updated(before.resource, "replication", "name")
    record = Record(SECRETS, before.name, after, before.status)
    call.store.put(record)
    return _secret(call, record)


@API.serves("projects.secrets.delete")
def delete(call: Call) -> Body:
    """Delete a secret with its versions and its policy."""
    record = call.record(SECRETS, call.given["name"])
    require_seen(call.given.get("etag"), etag_of(record.resource))
    for version in _versions(call, record.name):
        call.store.delete(VERSIONS, version.name)
    shutil.rmtree(payload_path(call.world, f"{record.name}/versions/0").parent, ignore_errors=True)
    policies.forget_policy(call, record.name)
    call.store.delete(SECRETS, record.name)
    return {}


@API.serves("projects.secrets.addVersion", permission="secretmanager.versions.add")
def add_version(call: Call) -> Body:
    """Add a value."""
    secret = call.record(SECRETS, call.given["parent"])
    payload = _payload(call.body["payload"])
    name = claim_version(call.world, secret.name)
    write_payload(call.world, name, payload)
    checked = "dataCrc32c" in call.body["payload"]
    record = Record(VERSIONS, name, {"state": "ENABLED"}, {"created": now(), "checked": checked})
    call.store.put(record)
    return _version(call, record)


@API.serves("projects.secrets.versions.get")
def get_version(call: Call) -> Body:
    """A version without its value."""
    return _version(call, _existing_version(call))


@API.serves("projects.secrets.versions.list")
def list_versions(call: Call) -> Body:
    """The versions of a secret."""
    secret = call.record(SECRETS, call.given["parent"])
    found = [_version(call, record) for record in _versions(call, secret.name)]
    return {**page(found, "versions", call.given), "totalSize": len(found)}


@API.serves("projects.secrets.versions.access")
def access(call: Call) -> Body:
    """The value of a version."""
    record = _existing_version(call)
    if record.resource["state"] != "ENABLED":
        state = record.resource["state"]
        raise failed_precondition(f"Secret Version [{call.numbered(record.name)}] is in {state} state.")
    payload = read_payload(call.world, record.name)
    data = {
        "data": base64.b64encode(payload).decode(),
        "dataCrc32c": str(google_crc32c.value(payload)),
    }
    return {"name": call.numbered(record.name), "payload": data}


@API.serves("projects.secrets.versions.enable", "projects.secrets.versions.disable")
def enable_or_disable(call: Call) -> Body:
    """Let a version be read, or not."""
    record = _existing_version(call)
    if record.resource["state"] == "DESTROYED":
        raise failed_precondition(f"Secret Version [{call.numbered(record.name)}] is destroyed.")
    return _with_state(call, record, STATES[call.method.id.rsplit(".", 1)[-1]])


@API.serves("projects.secrets.versions.destroy")
def destroy(call: Call) -> Body:
    """Remove the value for ever; its number stays taken."""
    record = _existing_version(call)
    erase_payload(call.world, record.name)
    return _with_state(call, record, "DESTROYED", destroyed=now())


policies.serve(API, "projects.secrets", lambda call: call.record(SECRETS, call.given["resource"]).name)


def _payload(sent: Body) -> bytes:
    payload = base64.b64decode(sent.get("data", ""))
    if not 0 < len(payload) <= LARGEST_PAYLOAD:
        raise invalid(f"The payload must have between 1 and {LARGEST_PAYLOAD} bytes.")
    if sent.get("dataCrc32c", str(google_crc32c.value(payload))) != str(google_crc32c.value(payload)):
        raise invalid("The checksum dataCrc32c is not that of the payload.")
    return payload


def _existing_version(call: Call) -> Record:
    """The version in the call's name, of which `latest` is an alias."""
    secret, _, number = call.given["name"].rpartition("/versions/")
    resolved = resolve_version(call.store, secret, LATEST) if number == LATEST else None
    return resolved or call.record(VERSIONS, call.given["name"])


def _versions(call: Call, secret: str) -> list[Record]:
    return call.within(VERSIONS, f"{secret}/versions")


def _with_state(call: Call, record: Record, state: str, **status: str) -> Body:
    changed = Record(VERSIONS, record.name, {"state": state}, {**record.status, **status})
    call.store.put(changed)
    return _version(call, changed)


def _secret(call: Call, record: Record) -> Body:
    name, etag = call.numbered(record.name), etag_of(record.resource)
    return {**record.resource, "name": name, **times_of(record), "etag": f'"{etag}"'}


def _version(call: Call, record: Record) -> Body:
    times = {"createTime": record.status.get("created"), "destroyTime": record.status.get("destroyed")}
    return {
        "name": call.numbered(record.name),
        "state": record.resource["state"],
        "etag": f'"{etag_of(record.resource)}"',
        **{name: time for name, time in times.items() if time},
        **({"clientSpecifiedPayloadChecksum": True} if record.status.get("checked") else {}),
    }
