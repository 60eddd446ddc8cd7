"""The rules that the program has released for each database, as one text for the emulator.

Google keeps a release for each database. The emulator takes one text for all of them, so each release's rules
are written into it for their own database alone. A database without a release is closed.
"""

from __future__ import annotations

import httpx

from local.resource_store import Record, ResourceStore
from local.world import World

RULESETS = "firebaserules.rulesets"
RELEASES = "firebaserules.releases"
RELEASE = "cloud.firestore"
"""The release of the first database; others are named `cloud.firestore/DATABASE`."""
FIRST_DATABASE = "(default)"
ANY_DATABASE = "/databases/{database}/documents"
"""What rules begin with. They take the name from it, as `$(database)`."""
BEGIN = "rules_version = '2';\nservice cloud.firestore {"
DATABASES = "firestore.databases"
PATIENCE_SECONDS = 30
END = """
  match /databases/{database}/documents {
    match /{document=**} { allow read, write: if false; }
  }
}
"""


class RulesError(Exception):
    """The emulator does not take the rules; the message is its own."""


def put_rules(world: World) -> None:
    """Give all released rules to the emulator. Raises RulesError."""
    body = {"rules": {"files": [{"name": "firestore.rules", "content": released_rules(world)}]}}
    url = f"{world.url('firestore')}/emulator/v1/projects/{world.project}:securityRules"
    try:
        answer = httpx.put(url, json=body, timeout=PATIENCE_SECONDS)
    except httpx.TransportError as error:
        raise RulesError(f"the Firestore emulator does not answer at {url}: {error}") from error
    if answer.status_code != httpx.codes.OK:
        raise RulesError(f"the rules do not compile: {_reason(answer)}")


def released_rules(world: World) -> str:
    """The rules of all databases; they deny everything where nothing is released."""
    store = ResourceStore(world)
    return BEGIN + "".join(_rules_of(store, release) for release in store.list(RELEASES)) + END


def _rules_of(store: ResourceStore, release: Record) -> str:
    ruleset = store.get(RULESETS, str(release.resource["rulesetName"]))
    if ruleset is None:
        return ""
    database = release.name.partition(f"/releases/{RELEASE}")[2].lstrip("/") or FIRST_DATABASE
    within = _body(str(ruleset.resource["source"]["files"][0]["content"]))
    named = ANY_DATABASE.replace("{database}", database)
    return within.replace(ANY_DATABASE, named).replace("$(database)", database)


def _body(rules: str) -> str:
    """What stands between the braces of `service cloud.firestore { … }`."""
    return rules[rules.index("{", rules.index("service cloud.firestore")) + 1 : rules.rindex("}")]


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text
