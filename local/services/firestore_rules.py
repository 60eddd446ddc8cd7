"""The rules that the program has released for each database, as one text for the emulator.

Google keeps a release for each database. The emulator takes one text for all of them, so each release's rules
are written into it for their own database alone. A database without a release is closed.
"""

from __future__ import annotations

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
END = """
  match /databases/{database}/documents {
    match /{document=**} { allow read, write: if false; }
  }
}
"""


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
