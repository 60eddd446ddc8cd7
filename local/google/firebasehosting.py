"""Firebase Hosting v1beta1: the project's sites. `firebasehosting_releases.py` has what is shown on them.

The default site bears the project's id, and is the only one with visitors in the world.
"""

from __future__ import annotations

import re

from local.google.firebase_projects import require_firebase
from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.pages import page
from local.resource_store import Record
from local.services import programs
from local.services.firebase_apps import SITES
from local.services.google_errors import already_exists, failed_precondition, invalid
from local.services.world_program import start_service

API = Api("firebasehosting.v1beta1")
COLLECTION = "projects.sites"
DEFAULT, USER = "DEFAULT_SITE", "USER_SITE"
SITE_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A label of a domain name."""


@API.serves(f"{COLLECTION}.create")
def create(call: Call) -> Body:
    """Make a site, and have the hosting serve it."""
    site_id = call.given.get("siteId", "")
    if not SITE_ID.fullmatch(site_id):
        raise invalid(f"Invalid site ID: {site_id!r} is not a label of a domain name.")
    require_firebase(call)
    name = f"{call.given['parent']}/sites/{site_id}"
    if call.store.get(SITES, name):
        raise already_exists(f"Site {site_id} already exists.")
    record = Record(SITES, name, call.body)
    if call.given.get("validateOnly") != "true":
        start_service(call.world, programs.hosting(call.world))
        call.store.put(record)
    return shown(call, record)


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One site."""
    return shown(call, call.record(SITES, call.given["name"]))


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The project's sites."""
    return page((shown(call, each) for each in call.store.list(SITES)), "sites", call.given)


@API.serves(f"{COLLECTION}.patch")
def patch(call: Call) -> Body:
    """Change the app that belongs to a site, or the labels."""
    before = call.record(SITES, call.given["name"])
    record = Record(SITES, before.name, call.updated(before.resource, "name", "defaultUrl", "type"))
    call.store.put(record)
    return shown(call, record)


@API.serves(f"{COLLECTION}.delete")
def delete(call: Call) -> Body:
    """Delete a site. Google never deletes the default one."""
    record = call.record(SITES, call.given["name"])
    if _type(call, record) == DEFAULT:
        raise failed_precondition(f"{record.name} is the default site, which cannot be deleted.")
    call.store.delete(SITES, record.name)
    return {}


def shown(call: Call, record: Record) -> Body:
    """A site as Google answers it."""
    kind, site_id = _type(call, record), record.name.rsplit("/", 1)[-1]
    url = call.world.url("portal") if kind == DEFAULT else f"https://{site_id}.web.app"
    return {**record.resource, "name": record.name, "defaultUrl": url, "type": kind}


def _type(call: Call, record: Record) -> str:
    return DEFAULT if record.name.endswith(f"/sites/{call.project}") else USER
