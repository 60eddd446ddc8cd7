"""Identity Platform v2: the sign-in settings of the project, which the Auth emulator obeys.

It is enabled once and for all: Google cannot undo that. `identitytoolkit_accounts.py` has the people. The
authorised domains are only recorded: Firebase checks them if a browser signs in by a pop-up or a redirect,
but its emulator never does. Who may sign up, and how, is enforced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import httpx

from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.masks import paths_of
from local.resource_store import Record
from local.services import programs
from local.services.auth_settings import CONFIGS, put_declared_settings
from local.services.firebase_apps import API_KEY
from local.services.google_errors import GoogleError, invalid
from local.services.world_program import start_service

API = Api("identitytoolkit.v2")
SETTINGS = frozenset({"authorizedDomains", "client", "signIn"})
FIXED = ("name", "subtype")


@API.serves("projects.identityPlatform.initializeAuth", permission="firebaseauth.configs.create")
def initialize(call: Call) -> Body:
    """Enable it: from then on, the emulator runs."""
    name = f"{call.given['project']}/config"
    if call.store.get(CONFIGS, name):
        raise invalid("INVALID_PROJECT_ID : Identity Platform has already been enabled for this project.")
    own = [f"{call.project}.firebaseapp.com", f"{call.project}.web.app"]
    call.store.put(Record(CONFIGS, name, {"authorizedDomains": ["localhost", *own]}))
    try:
        start_service(call.world, programs.auth(call.world))
    except Exception:
        call.store.delete(CONFIGS, name)
        raise
    return {}


@API.serves("projects.getConfig", permission="firebaseauth.configs.get")
def get_config(call: Call) -> Body:
    """The settings."""
    return _shown(call, _config(call))


@API.serves("projects.updateConfig", permission="firebaseauth.configs.update")
def update_config(call: Call) -> Body:
    """Change settings by the mask, and have the emulator obey them."""
    before = _config(call)
    record = Record(CONFIGS, before.name, call.updated(before.resource, *FIXED), before.status)
    if problem := next(problems(_changed(call)), ""):
        raise GoogleError(501, problem)
    call.store.put(record)
    try:
        put_declared_settings(call.world)
    except httpx.HTTPError as error:
        call.store.put(before)
        raise GoogleError(503, f"The Auth emulator did not take the settings: {error}") from error
    return _shown(call, record)


def problems(settings: Iterable[str]) -> Iterator[str]:
    """Settings that the emulator would ignore."""
    for name in sorted(set(settings) - SETTINGS):
        yield f"{name}: the Firebase Auth emulator has no such setting"


def _changed(call: Call) -> Iterable[str]:
    return [path[0] for path in paths_of(call.mask) if path != ["*"]] or call.body


def _config(call: Call) -> Record:
    found = call.store.get(CONFIGS, call.given["name"])
    if found is None:
        raise GoogleError(404, "CONFIGURATION_NOT_FOUND")
    return found


def _shown(call: Call, record: Record) -> Body:
    given = record.resource.get("client", {})
    client = {"permissions": {}, **given, "apiKey": API_KEY, "firebaseSubdomain": call.project}
    fixed = {"name": call.numbered(record.name), "subtype": "IDENTITY_PLATFORM", "client": client}
    return {"signIn": {}, **record.resource, **fixed}
