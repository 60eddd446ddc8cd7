"""What one half sends stays within what the other half takes, and each waits as long as the other works."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from infra.cloud_function import FunctionSpec
from members import deployed
from members.edit_rate import PLACES, WINDOW
from runtime.caller import RECENT_SECONDS
from runtime.settings import MAX_BATCH, RunLimits
from sync.comparison import HASH_PAGE
from sync.django_client import CONNECT_SECONDS
from sync.field_map import MAX_DOCUMENT_BYTES
from sync.firestore_calls import WRITE_SECONDS
from sync.held import PAGE as HELD_PAGE
from sync.peer import WIRE_VERSION
from tools.fields.table import ROOT

MEBIBYTE = 2**20


def constant(path: str, name: str) -> Any:
    """A literal that a module assigns to a name; the module is not imported, for Django may not be here."""
    [found] = ROOT.glob(path)
    for node in ast.parse(found.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            return ast.literal_eval(node.value)
    raise LookupError(f"{path} assigns no {name}")


def wire(name: str) -> Any:
    return constant("linode/backend/sync/wire.py", name)


def test_both_halves_speak_one_version() -> None:
    assert wire("VERSION") == WIRE_VERSION


def test_a_whole_batch_fits_into_one_call() -> None:
    assert wire("MOST_DOCUMENTS") == MAX_BATCH
    assert wire("MOST_CLAIMED") >= MAX_BATCH


def test_a_page_of_members_is_one_that_django_gives() -> None:
    assert wire("MOST_HASHES") >= max(HASH_PAGE, HELD_PAGE)


def test_a_lease_is_one_that_django_grants() -> None:
    assert wire("LONGEST_LEASE_SECONDS") >= RunLimits().lease_seconds


def test_browsers_rules_and_functions_count_a_members_edits_alike() -> None:
    rules = (ROOT / "infra/firestore.rules").read_text()
    portal = (ROOT / "portal/public/js/edit_rate.js").read_text()

    places = {*re.findall(r"% ([0-9]+);", rules), *re.findall(r"const PLACES = ([0-9]+);", portal)}
    assert places == {str(PLACES)}
    assert f"'editPlace', {PLACES - 1})" in rules
    assert f"duration.value({WINDOW.seconds}, 's')" in rules


def test_portal_and_functions_call_the_same_log_ins_recent() -> None:
    portal = (ROOT / "portal/public/js/recent.js").read_text()

    assert re.findall(r"RECENT = ([0-9]+) \* 60_000;", portal) == [str(RECENT_SECONDS // 60)]


def test_nginx_and_django_let_a_batch_of_the_largest_documents_pass() -> None:
    limits = json.loads((ROOT / "linode/backend/ekklesia/body_limits.json").read_text())
    [sync] = [route["megabytes"] for route in limits["routes"] if route["path"] == "/felagar/api/sync/"]

    assert sync * MEBIBYTE > MAX_BATCH * MAX_DOCUMENT_BYTES


def test_django_counts_a_write_as_lost_only_after_its_client_has_given_up() -> None:
    assert constant("linode/backend/merge_engine/in_flight.py", "LANDING_SECONDS") > WRITE_SECONDS


def test_the_host_waits_until_the_cloud_ends_a_run() -> None:
    ends = constant("infra/sync_functions.py", "FULL_RUN_SECONDS")
    _, wait = constant("linode/backend/sync/cloud_order.py", "TIMEOUT")

    assert wait > ends


def test_a_host_that_never_answers_leaves_a_search_time_to_look_a_kennitala_up() -> None:
    waits = deployed.SEARCH_ATTEMPTS * (CONNECT_SECONDS + deployed.SEARCH_SECONDS)
    assert waits < FunctionSpec.timeout_seconds / 1.5
