"""Both halves on real parts, of which one is a release newer: every order of deploy and rollback.

The newer release is a copy of this checkout with two fields more. Both Djangos are served at once, over one
database, so a step of a deploy is a matter of who calls whom. In each step people edit what both halves know,
and what one of them may not, and a night passes.
"""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import pytest
from google.cloud import firestore
from pydantic import SecretStr

from bench.rig import running_emulator
from runtime.settings import RunLimits
from sync.backoff import Backoff
from sync.django_client import DjangoClient
from sync.field_map import FieldMap, read_field_map
from sync.firestore_store import FirestoreStore
from sync.held_runs import FirestoreHeldRuns
from sync.order import Order
from sync.personal_records import FirestoreRecords
from sync.queue_entries import FirestoreQueue
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.service import Sync
from sync.shared_fields import HEADER
from tests.contract.checkout import Checkout
from tests.functions.both_halves import Site, ask, stored
from tests.linode.django_server import DjangoServer
from tests.linode.postgres import running_postgres
from tools.fields.table import ROOT

NICKNAME, VOLUNTEER = "profile.nickname", "profile.volunteer"
NEW_FIELDS = [NICKNAME, VOLUNTEER]
WHERE = {"model": "membership.Comrade", "policy": "member_wins", "editor": "member", "group": "about"}
ROWS = [
    {"path": NICKNAME, "column": "nickname", "type": "text", "max_length": 60, "required": False},
    {"path": VOLUNTEER, "column": "volunteer", "type": "boolean", "required": True, "default": False},
]
COLUMNS = """\
    nickname = models.CharField(max_length=60, null=True, blank=True)
    volunteer = models.BooleanField(null=True)
"""
QUIET, BY_STAFF, BY_MEMBER, EVERYBODYS = "0101701234", "0202802345", "0303903456", "0404604567"
OLDER, NEWER = "older", "newer"
BEFORE_THE_HEADER = "from before versions travelled"
STEPS = [
    (NEWER, NEWER),
    # Roll the functions back, then Django; deploy the functions, then Django.
    (OLDER, NEWER),
    (OLDER, OLDER),
    (NEWER, OLDER),
    (NEWER, NEWER),
    # Roll Django back, then the functions; deploy Django, then the functions.
    (NEWER, OLDER),
    (OLDER, OLDER),
    (OLDER, NEWER),
    (BEFORE_THE_HEADER, NEWER),
    (NEWER, NEWER),
]
"""Who calls whom: the release of the functions, and that of Django."""


@dataclass
class Parts:
    """Both halves in each of their releases, over one database and one Firestore."""

    sites: dict[str, Site]
    clouds: dict[str, FieldMap]
    client: firestore.Client

    def sync(self, cloud: str, host: str) -> Sync:
        """The sync between these two releases."""
        site, field_map = self.sites[host], self.clouds[cloud]
        peer = DjangoClient(site.base_url, SecretStr(site.token), field_map=field_map)
        if cloud == BEFORE_THE_HEADER:
            del peer._session.headers[HEADER]
        no_wait = Backoff(sleep=lambda seconds: None)
        return Sync(
            Reconciler(FirestoreStore(self.client, field_map), peer, field_map, no_wait),
            queue=FirestoreQueue(self.client),
            records=FirestoreRecords(self.client),
            logs=FirestoreLog(self.client),
            held=FirestoreHeldRuns(self.client),
            limits=RunLimits(parallel_batches=1),
        )

    def in_django(self, kennitala: str, column: str) -> str:
        return self.sites[NEWER].column(kennitala, column)

    def edit(self, kennitala: str, **columns: str) -> None:
        """Staff edit by SQL, as with any release: the columns are there in both."""
        values = ", ".join(f"{name} = '{value}'" for name, value in columns.items())
        self.sites[NEWER].sql(f"UPDATE membership_comrade SET {values} WHERE ssn = '{kennitala}'")

    def in_firestore(self, kennitala: str) -> dict[str, Any]:
        profile: dict[str, Any] = stored(self.client, kennitala)["profile"]
        return profile


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The release with two fields more, as the how-to makes them."""
    copy = Checkout.make(tmp_path_factory.mktemp("newer"))
    rows = "".join(f"  {json.dumps(WHERE | row)},\n" for row in ROWS)
    copy.insert("linode/backend/merge_engine/field_map.json", '  {"path": "membership.status"', rows)
    copy.insert("linode/backend/membership/models.py", "    unions = models.ManyToManyField", COLUMNS)
    for command in ("migrations", "fields"):
        copy.run("make", "-o", "environment", command)
    return copy


@pytest.fixture(scope="module")
def parts(newer: Checkout) -> Iterator[Parts]:
    project = f"demo-{uuid.uuid4().hex[:12]}"
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", stack.enter_context(running_emulator()))
        postgres = stack.enter_context(running_postgres())
        url = postgres.create_database("two_releases")
        servers = {NEWER: DjangoServer(url, backend=newer.folder / "linode" / "backend")}
        servers[OLDER] = DjangoServer(url, tokens=servers[NEWER].tokens)
        for server in servers.values():  # the newer one migrates first
            stack.callback(server.stop)
            server.start(workers=1)
        maps = {NEWER: newer.folder, OLDER: ROOT, BEFORE_THE_HEADER: ROOT}
        yield Parts(
            {name: Site(postgres, "two_releases", server) for name, server in servers.items()},
            {name: read_field_map(folder / "functions/sync/field_map.json") for name, folder in maps.items()},
            stack.enter_context(closing(firestore.Client(project=project))),
        )


def test_no_order_of_deploys_and_rollbacks_loses_a_value(parts: Parts) -> None:
    parts.sites[NEWER].add(QUIET, BY_STAFF, BY_MEMBER, EVERYBODYS)
    parts.edit(QUIET, nickname="Nonni", volunteer="true")
    for number, (cloud, host) in enumerate(STEPS):
        sync = parts.sync(cloud, host)
        sync.run(Order())
        parts.edit(BY_STAFF, nickname=f"staff {number}")
        parts.edit(EVERYBODYS, name=f"Nafn {number}")
        ask(parts.client, BY_MEMBER, {NICKNAME: f"member {number}"})
        ask(parts.client, EVERYBODYS, {"profile.phone": f"555123{number}"})

        results = [sync.run(Order(mode="full")) for _ in range(2)]

        step = f"step {number}: {cloud} functions, {host} Django"
        check_what_both_know(parts, number, step)
        check_nothing_is_gone(parts, number, step)
        check_what_is_told(results[-1], cloud, host, step)
        if (cloud, host) == (NEWER, NEWER):
            assert parts.in_firestore(BY_STAFF)["nickname"] == f"staff {number}", step
            assert parts.in_django(BY_MEMBER, "nickname") == f"member {number}", step


def check_what_both_know(parts: Parts, number: int, step: str) -> None:
    """It goes on, whatever rests."""
    assert stored(parts.client, EVERYBODYS)["name"] == f"Nafn {number}", step
    assert parts.sites[NEWER].contact(EVERYBODYS, "phone") == f"555123{number}", step


def check_nothing_is_gone(parts: Parts, number: int, step: str) -> None:
    quiet = parts.in_firestore(QUIET)
    assert (quiet["nickname"], quiet["volunteer"]) == ("Nonni", True), step
    assert (parts.in_django(QUIET, "nickname"), parts.in_django(QUIET, "volunteer")) == ("Nonni", "t"), step
    assert parts.in_django(BY_STAFF, "nickname") == f"staff {number}", step
    assert parts.in_firestore(BY_MEMBER)["nickname"] == f"member {number}", step
    assert parts.sites[NEWER].sql("SELECT count(*) FROM sync_conflict") == "0", step


def check_what_is_told(result: dict[str, Any], cloud: str, host: str, step: str) -> None:
    if cloud == host:
        assert "field_maps" not in result, step
        return
    assert result["status"] == "partial", (step, result)
    assert result["field_maps"] == {"alike": False, "resting": NEW_FIELDS}, step


def test_the_host_says_which_fields_rest(parts: Parts) -> None:
    parts.sync(OLDER, NEWER).run(Order())
    told = json.loads(parts.sites[NEWER].server.manage("sync_status", "--json"))
    assert told["field_maps"]["resting"] == NEW_FIELDS
