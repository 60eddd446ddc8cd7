"""Google's own client reaches the real emulator through the proxies, if its account may."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from google.api_core.exceptions import PermissionDenied, ServiceUnavailable
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore as google_firestore

from local.services.proxy_ports import FIRST_PORT, proxy_address, proxy_port
from local.world import World
from tests.services import roles
from tests.services.declarations import PROJECT, Declarations
from tests.services.running_services import RunningServices

BATCH = 500
PATIENCE = 10.0


@pytest.fixture(autouse=True)
def proxies(services: RunningServices) -> None:
    services.start("firestore")
    services.start("firestore_proxies")


@contextmanager
def client_at(address: str, database: str = "(default)") -> Iterator[google_firestore.Client]:
    """Google's client as in a function: only the environment gives it another address."""
    before = os.environ.get("FIRESTORE_EMULATOR_HOST")
    os.environ["FIRESTORE_EMULATOR_HOST"] = address
    try:
        client = google_firestore.Client(
            project=PROJECT, credentials=AnonymousCredentials(), database=database
        )
    finally:
        if before is None:
            del os.environ["FIRESTORE_EMULATOR_HOST"]
        else:
            os.environ["FIRESTORE_EMULATOR_HOST"] = before
    try:
        yield client
    finally:
        client.close()


def read(client: google_firestore.Client) -> None:
    client.document("members/0101701234").get(retry=None, timeout=PATIENCE)


def wait_until_read(client: google_firestore.Client) -> None:
    """Wait until the proxy lets the account in, which takes up to a second."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            read(client)
        except (ServiceUnavailable, PermissionDenied):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def wait_until_denied(client: google_firestore.Client) -> PermissionDenied:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            read(client)
        except PermissionDenied as denied:
            return denied
        except ServiceUnavailable:
            pass
        time.sleep(0.1)
    raise AssertionError("still let in")


def test_an_account_with_the_role_comes_in(running_world: World, declared: Declarations) -> None:
    account = declared.account("fn-with-role")
    declared.grant(f"serviceAccount:{account}", roles.DATASTORE_USER)
    with client_at(proxy_address(running_world, account)) as client:
        wait_until_read(client)
        client.document("members/proxy").set({"name": "Þór"})
        assert client.document("members/proxy").get().to_dict() == {"name": "Þór"}


def test_an_account_without_the_role_is_denied_as_in_production(
    running_world: World, declared: Declarations
) -> None:
    account = declared.account("fn-without-role")
    with client_at(proxy_address(running_world, account)) as client:
        denied = wait_until_denied(client)
        assert denied.code == 403
        assert "lacks datastore.entities.get on projects/demo-services/databases/(default)" in denied.message
        with pytest.raises(PermissionDenied):
            list(client.collection("members").stream(retry=None))
        with pytest.raises(PermissionDenied):
            client.document("members/proxy").set({"x": 1}, retry=None)


def test_a_role_of_our_own_allows_what_it_lists_and_nothing_else(
    running_world: World, declared: Declarations
) -> None:
    account = declared.account("fn-verifying")
    role = declared.custom_role("verifying", "datastore.entities.get", "datastore.entities.update")
    declared.grant(f"serviceAccount:{account}", role)
    direct = f"{running_world.address}:{running_world.ports['firestore']}"
    with client_at(direct) as owner, client_at(proxy_address(running_world, account)) as client:
        wait_until_read(client)
        owner.document("members/verified").set({"verified": False})
        client.document("members/verified").update({"verified": True})
        assert client.document("members/verified").get().to_dict() == {"verified": True}
        for forbidden in (
            lambda: list(client.collection("members").stream(retry=None)),
            lambda: client.document("members/new").create({}, retry=None),
            lambda: client.document("members/verified").set({}, retry=None),
            lambda: client.document("members/verified").delete(retry=None),
            lambda: client.transaction()._begin(),
        ):
            with pytest.raises(PermissionDenied):
                forbidden()
        assert owner.document("members/verified").get().to_dict() == {"verified": True}


def test_a_condition_keeps_an_account_in_its_database(running_world: World, declared: Declarations) -> None:
    account = declared.account("fn-counting")
    database = f"projects/{PROJECT}/databases/(default)"
    condition = f'resource.name == "{database}"'
    declared.grant(f"serviceAccount:{account}", roles.DATASTORE_USER, condition=condition)
    address = proxy_address(running_world, account)
    with client_at(address) as allowed, client_at(address, "other") as other:
        wait_until_read(allowed)
        denied = wait_until_denied(other)
        assert "databases/other" in denied.message


def test_taking_the_role_away_closes_what_is_open_and_giving_it_back_opens(
    running_world: World, declared: Declarations
) -> None:
    account = declared.account("fn-changing")
    binding = declared.grant(f"serviceAccount:{account}", roles.DATASTORE_USER)
    with client_at(proxy_address(running_world, account)) as client:
        wait_until_read(client)
        declared.revoke(binding)
        wait_until_denied(client)
    declared.grant(f"serviceAccount:{account}", roles.DATASTORE_USER)
    with client_at(proxy_address(running_world, account)) as client:
        wait_until_read(client)


def test_a_listener_hears_through_a_proxy(running_world: World, declared: Declarations) -> None:
    account = declared.account("fn-listening")
    declared.grant(f"serviceAccount:{account}", roles.DATASTORE_USER)
    with client_at(proxy_address(running_world, account)) as client:
        wait_until_read(client)
        document = client.document("members/heard")
        document.set({"n": 0})
        heard = threading.Event()

        def on_snapshot(snapshots: Any, *_: object) -> None:
            if any(snapshot.get("n") == 1 for snapshot in snapshots):
                heard.set()

        watch = document.on_snapshot(on_snapshot)
        document.update({"n": 1})
        assert heard.wait(PATIENCE)
        watch.unsubscribe()


def test_each_account_keeps_a_port_of_its_own(quiet_world: World) -> None:
    ports = {name: proxy_port(quiet_world, f"{name}@x") for name in "abc"}
    assert len(set(ports.values())) == 3
    assert min(ports.values()) >= FIRST_PORT
    assert {name: proxy_port(quiet_world, f"{name}@x") for name in "cba"} == ports


def test_the_accounts_of_an_older_world_keep_their_ports(quiet_world: World) -> None:
    """The functions of that world run with the ports that they got at their start."""
    quiet_world.state.mkdir()
    (quiet_world.state / "doors.json").write_text('{"a@x": 8555}')
    assert proxy_port(quiet_world, "a@x") == 8555
    assert proxy_port(quiet_world, "b@x") != 8555
    assert proxy_port(quiet_world, "a@x") == 8555


def test_a_proxy_costs_little(running_world: World, declared: Declarations) -> None:
    """Prints how many writes a second go through a proxy, and directly."""
    account = declared.account("fn-writing")
    declared.grant(f"serviceAccount:{account}", roles.DATASTORE_USER)
    direct = f"{running_world.address}:{running_world.ports['firestore']}"
    rates: dict[str, list[float]] = {"proxy": [], "direct": []}
    with client_at(proxy_address(running_world, account)) as through, client_at(direct) as straight:
        wait_until_read(through)
        for name in ("direct", "proxy") * 3:
            rates[name].append(_writes_per_second(through if name == "proxy" else straight))
        assert len(through.document("load/0").get().to_dict() or {}) == 2
    best = {name: max(each) for name, each in rates.items()}
    print(f"{best['proxy']:.0f}/s through a proxy, {best['direct']:.0f}/s directly")


def _writes_per_second(client: google_firestore.Client) -> float:
    started = time.monotonic()
    batch = client.batch()
    for number in range(BATCH):
        batch.set(client.document(f"load/{number}"), {"name": "x" * 200, "n": number})
    batch.commit()
    return BATCH / (time.monotonic() - started)
