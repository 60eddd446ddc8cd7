"""The site over HTTP, as the functions and the deploy use it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.linode import production
from tests.linode.django_server import DjangoServer, running_django
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.runtimes import CURRENT, Runtime

MEMBER = {
    "ssn": "0101701234",
    "name": "Jón Jónsson",
    "birthday": "1970-01-01",
    "date_joined": "2019-01-06T16:43:47Z",
    "reachable": True,
    "groupable": True,
    "gender": 0,
    "housing_situation": 6,
    "status": "active",
    "email": "jon@example.is",
    "phone": "5551234",
    "street_address": "Dæmigata 1",
    "postal_code": "101",
    "city": "Reykjavík",
}


@pytest.fixture
def api(site: DjangoServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.base_url + "/api/sync/", headers=site.headers, timeout=30) as client:
        yield client


def test_health_needs_no_token(site: DjangoServer) -> None:
    answer = httpx.get(f"{site.base_url}/healthz/")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_every_runtime_serves_with_productions_settings(runtime: Runtime, postgres: Postgres) -> None:
    database = postgres.create_database(f"served-{runtime.name}")
    settings = {"DJANGO_SETTINGS_MODULE": "ekklesia.settings.production", "DATABASE_URL": database}
    hosts = {"DJANGO_ALLOWED_HOSTS": "starf.example,127.0.0.1"}
    environment = production.REQUIRED | settings | hosts
    with running_django(database, runtime, environment) as server, httpx.Client() as client:
        redirected = client.get(f"{server.base_url}/api/sync/status/", headers={"Host": "starf.example"})
        assert (redirected.status_code, redirected.headers["Location"][:5]) == (301, "https")
        secure = {"Host": "starf.example", "X-Forwarded-Proto": "https"}
        answer = client.get(f"{server.base_url}/api/sync/changes/", headers=secure | server.headers)
        assert (answer.status_code, answer.json()["remaining"]) == (200, 0)
        assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
        foreign = client.get(f"{server.base_url}/api/sync/status/", headers=secure | {"Host": "evil.example"})
        assert foreign.status_code == 400


def test_a_member_travels(site: DjangoServer, api: httpx.Client, postgres: Postgres) -> None:
    site.manage("load_register", stdin=json.dumps(MEMBER) + "\n")
    claim = api.post("changes/", json={"worker": "test", "limit": 10, "lease_seconds": 60}).json()
    (change,) = claim["changes"]
    kennitala = change["kennitala"]
    unread = {"kennitala": kennitala, "document": None, "update_time": None, "operation": None}
    body = {"version": 1, "read_time": "2026-01-01T00:00:00.5Z", "documents": [unread]}
    write = api.post("apply/", json=body).json()["results"][kennitala]["write"]
    assert write["document"]["profile"]["address"]["street"] == "Dæmigata 1"
    landed = {"kennitala": kennitala, "operation": write["operation"], "rev": write["rev"]}
    landed["update_time"] = "2026-01-01T00:00:01Z"
    answer = api.post("mark-synced/", json={"version": 1, "acknowledgements": [landed], "failures": []})
    assert answer.json()["results"] == {kennitala: "acknowledged"}
    statement = "SELECT count(*) FROM membership_membersyncqueue WHERE sync_status <> 'synced'"
    assert postgres.query("site", statement) == "0"
    assert json.loads(site.manage("sync_status", "--json"))["pending"] == 0


def test_changes_made_in_psql_are_pending(site: DjangoServer, api: httpx.Client, postgres: Postgres) -> None:
    site.manage("load_register", stdin=json.dumps(MEMBER | {"ssn": "0202802229"}) + "\n")
    postgres.query("site", "UPDATE membership_comrade SET name = 'Ný' WHERE ssn = '0202802229'")
    changes = api.get("changes/", params={"limit": 1000}).json()["changes"]
    assert {"name": "Ný"} in [change["fields_changed"] for change in changes]


def test_database_that_goes_down_is_a_quick_503() -> None:
    CURRENT.build()
    with running_postgres() as cluster:
        database = cluster.create_database("outage")
        with running_django(database) as site, httpx.Client(timeout=10) as client:
            cluster.halt()
            assert client.get(f"{site.base_url}/healthz/").status_code == 503
            answer = client.get(f"{site.base_url}/api/sync/status/", headers=site.headers)
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
            cluster.resume()
            assert client.get(f"{site.base_url}/healthz/").status_code == 200
