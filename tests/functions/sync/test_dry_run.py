"""The dry run over the real stores, from the command line: a real run then does exactly what it listed."""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from google.cloud import firestore

from sync.order import Order
from sync.service import Sync
from tests.functions.both_halves import Site
from tests.functions.sync.ordering_host import OrderingHost, running_cloud
from tests.functions.sync.whole_stores import everything, follow, in_django, in_firestore

SOURCE = Path(__file__).parents[3] / "functions" / "main.py"
KINDS = (
    "untouched",
    "changed here",
    "changed there",
    "both, different fields",
    "both, one field",
    "staff's alone, changed there",
    "another form there",
    "deleted here",
    "deleted there",
    "deleted here, edited there",
    "edited here, deleted there",
    "unconvertible there",
    "unconvertible here",
    "erased",
)
KENNITALA = {kind: f"0101{70 + number}{1000 + number}" for number, kind in enumerate(KINDS)}
NEW_HERE, NEW_THERE, NO_MEMBER = "0202801111", "0303902222", "not-a-member"
PLACES = ("django", "firestore", "conflict log", "nowhere")
NEW_DOCUMENT = {
    "kennitala": NEW_THERE,
    "name": "Nýr Félagi",
    "profile": {"email": "nyr@example.is", "gender": "female"},
    "membership": {"joined": "2020-01-01T00:00:00Z"},
    "verified": True,
}


@pytest.fixture
def host(
    site: Site,
    project: str,
    auth_emulator: str,
    firebase: None,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[OrderingHost]:
    """A host that may order a sync of the deployed function, which works on the real stores."""
    environment.setenv("GCP_PROJECT", project)
    environment.setenv("FIREBASE_AUTH_EMULATOR_HOST", auth_emulator)  # a full run renews rights, too
    environment.setenv("DJANGO_API_BASE_URL", site.base_url)
    environment.setenv("DJANGO_API_TOKEN", site.token)
    environment.setenv("FUNCTION_TARGET", "bidirectional_sync")
    environment.setenv("FUNCTION_SIGNATURE_TYPE", "http")
    environment.setattr(sys, "path", [*sys.path])
    environment.delitem(sys.modules, "main", raising=False)
    with running_cloud(functions_framework.create_app("bidirectional_sync", str(SOURCE)), tmp_path) as host:
        yield host
    sys.modules.pop("main", None)


@pytest.fixture
def planted(site: Site, real_sync: Sync, client: firestore.Client) -> None:
    """A register on which both sides agreed, with a difference of each kind made afterwards."""
    site.add(*KENNITALA.values())
    assert real_sync.run(Order())["status"] == "success"
    _plant_here(site)
    _plant_there(client)


def _plant_here(site: Site) -> None:
    def change(kind: str, assignment: str) -> None:
        site.sql(f"UPDATE membership_comrade SET {assignment} WHERE ssn = '{KENNITALA[kind]}'")

    for kind in ("changed here", "both, different fields", "edited here, deleted there"):
        change(kind, "name = 'Nýtt Nafn'")
    change("both, one field", "housing_situation = 2")
    change("unconvertible here", "gender = 9")
    for kind in ("deleted here", "deleted here, edited there"):
        site.sql(f"DELETE FROM membership_comrade WHERE ssn = '{KENNITALA[kind]}'")
    site.add(NEW_HERE, name="Nýr Hér")
    site.sql(
        "INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name,"
        " email, date_joined) VALUES ('clerk', '', false, true, true, '', '', '', now())"
        " ON CONFLICT DO NOTHING"
    )
    site.server.manage("erase_member", "--user", "clerk", "--yes", stdin=KENNITALA["erased"])


def _plant_there(client: firestore.Client) -> None:
    members = client.collection("members")
    edits: dict[str, dict[str, Any]] = {
        "changed there": {"profile.email": "nytt@example.is", "verified": True},
        "both, different fields": {"profile.reachable": False},
        "both, one field": {"profile.housingSituation": "owner"},
        "staff's alone, changed there": {"membership.status": "left"},
        "another form there": {"profile.phone": "+354 555-1234"},
        "deleted here, edited there": {"profile.address.street": "Dæmigata 1"},
        "unconvertible there": {"profile.gender": "Karl", "profile.email": "nytt@example.is"},
    }
    for kind, changes in edits.items():
        members.document(KENNITALA[kind]).update(changes)
    for kind in ("deleted there", "edited here, deleted there"):
        members.document(KENNITALA[kind]).delete()
    members.document(NEW_THERE).set(NEW_DOCUMENT)
    members.document(NO_MEMBER).set({"name": "?"})


@pytest.mark.usefixtures("planted")
def test_a_dry_run_names_every_difference_writes_nothing_and_comes_true(
    host: OrderingHost, site: Site, client: firestore.Client
) -> None:
    everybody = [*KENNITALA.values(), NEW_HERE, NEW_THERE]
    here, there = in_django(site, everybody), in_firestore(client)
    before = everything(site, client)

    told = host.sync_members("--dry-run", "--json", "--unmasked")

    assert told.returncode == 0, told.stderr
    plan = json.loads(told.stdout)
    assert everything(site, client) == before
    changes = plan["changes"]
    assert {change["kennitala"] for change in changes} == {
        *everybody,
        NO_MEMBER,
    } - {KENNITALA["untouched"]}
    assert all(change["reason"] for change in changes)
    assert max(Counter(json.dumps(change, sort_keys=True) for change in changes).values()) == 1
    assert plan["drift"]["differences"] == len(everybody)

    done = host.sync_members("--json")

    assert done.returncode == 1, done.stdout
    assert "left behind" in done.stderr
    by_place = {place: [change for change in changes if change["where"] == place] for place in PLACES}
    assert in_django(site, everybody) == follow(here, by_place["django"])
    assert in_firestore(client) == follow(there, by_place["firestore"])
    assert _logged(site) == {(row["kennitala"], row["field"]) for row in by_place["conflict log"]}
    waits = {NO_MEMBER, KENNITALA["deleted there"]}
    assert _resting(site) == {row["kennitala"] for row in by_place["nowhere"]} - waits
    assert site.sql("SELECT ssn FROM sync_shadow WHERE held IS NOT NULL") == KENNITALA["deleted there"]
    again = json.loads(host.sync_members("--dry-run", "--json", "--unmasked").stdout)
    assert again["changes"] == by_place["nowhere"]


@pytest.mark.usefixtures("planted")
def test_people_read_a_table_without_the_digits_of_anybody(host: OrderingHost) -> None:
    told = host.sync_members("--dry-run")

    assert told.returncode == 0, told.stderr
    heading, *lines = told.stdout.splitlines()
    assert heading.split() == ["kennitala", "written", "to", "field", "from", "to", "why"]
    assert lines[-1] == "nothing was written"
    changed = next(line for line in lines if line.startswith(f"{KENNITALA['changed here'][:6]}-****"))
    assert changed.split()[1:3] == ["firestore", "name"]
    assert changed.endswith("changed in django")
    assert not [kennitala for kennitala in KENNITALA.values() if kennitala in told.stdout]


def test_a_cloud_that_does_not_let_the_host_in_is_one_clear_line(
    host: OrderingHost,
) -> None:
    told = replace(host, cloud=f"{host.cloud}/closed").sync_members("--dry-run", "--json")

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.strip().splitlines()[-1] == "CommandError: the cloud refused the order: HTTP 403"


def _logged(site: Site) -> set[tuple[str, ...]]:
    rows = site.sql("SELECT ssn, field FROM sync_conflict").splitlines()
    return {tuple(row.split("|")) for row in rows}


def _resting(site: Site) -> set[str]:
    """Whose page says that a value is not synced."""
    return set(site.sql("SELECT ssn FROM sync_shadow WHERE resting IS NOT NULL").splitlines())
