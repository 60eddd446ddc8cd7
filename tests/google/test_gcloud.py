"""`gcloud` lists, describes and acts on what the world has. It reaches no other network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.world import World
from tests.google.conftest import REGION
from tests.google.functions import SOURCE, Functions
from tests.google.gcloud_command import GCLOUD, Gcloud, gcloud_at
from tests.host.waiting import wait_until

pytestmark = pytest.mark.skipif(GCLOUD is None, reason="gcloud is not installed")


@pytest.fixture
def gcloud(google_world: World, tmp_path: Path) -> Gcloud:
    """Runs gcloud at the world."""
    return gcloud_at(google_world, tmp_path)


def test_services_accounts_and_grants(gcloud: Gcloud, google_world: World) -> None:
    listed = gcloud("services", "list", "--enabled")
    assert "secretmanager.googleapis.com" in {each["config"]["name"] for each in listed}
    gcloud("services", "enable", "pubsub.googleapis.com")
    address = f"by-gcloud@{google_world.project}.iam.gserviceaccount.com"
    gcloud("iam", "service-accounts", "create", "by-gcloud", "--display-name=By gcloud")
    described = gcloud("iam", "service-accounts", "describe", address)
    assert described["displayName"] == "By gcloud"
    policy = gcloud(
        "projects",
        "add-iam-policy-binding",
        google_world.project,
        f"--member=serviceAccount:{address}",
        "--role=roles/datastore.user",
        "--condition=None",
    )
    wanted = {"role": "roles/datastore.user", "members": [f"serviceAccount:{address}"]}
    assert wanted in policy["bindings"]
    gcloud(
        "projects",
        "remove-iam-policy-binding",
        google_world.project,
        f"--member=serviceAccount:{address}",
        "--role=roles/datastore.user",
    )
    gcloud("iam", "service-accounts", "delete", address)
    assert "Unknown service account" in gcloud("iam", "service-accounts", "describe", address, fails=True)


def test_secrets(gcloud: Gcloud) -> None:
    gcloud("secrets", "create", "by-gcloud", "--replication-policy=automatic")
    gcloud("secrets", "versions", "add", "by-gcloud", "--data-file=-", given="mellon")
    assert gcloud("secrets", "versions", "access", "latest", "--secret=by-gcloud")["payload"]["data"]
    assert [each["state"] for each in gcloud("secrets", "versions", "list", "by-gcloud")] == ["ENABLED"]
    gcloud("secrets", "update", "by-gcloud", "--update-labels=of=a-test")
    assert gcloud("secrets", "describe", "by-gcloud")["labels"] == {"of": "a-test"}
    gcloud("secrets", "delete", "by-gcloud")


def test_buckets(gcloud: Gcloud, google_world: World, tmp_path: Path) -> None:
    bucket = f"gs://{google_world.project}-gcloud"
    (tmp_path / "word.txt").write_text("mellon")
    gcloud("storage", "buckets", "create", bucket, "--location=europe-west2")
    gcloud("storage", "cp", str(tmp_path / "word.txt"), f"{bucket}/word.txt")
    assert [each["name"] for each in gcloud("storage", "objects", "list", bucket)] == ["word.txt"]
    gcloud("storage", "cp", f"{bucket}/word.txt", str(tmp_path / "back.txt"))
    assert (tmp_path / "back.txt").read_text() == "mellon"
    gcloud("storage", "rm", f"{bucket}/word.txt")
    gcloud("storage", "buckets", "delete", bucket)


def test_functions_and_their_services(gcloud: Gcloud, functions: Functions) -> None:
    region = f"--region={REGION}"
    listed = gcloud("functions", "list")
    assert f"{functions.parent}/functions/greet_all" in {each["name"] for each in listed}
    described = gcloud("functions", "describe", "greet_all", region)
    assert described["serviceConfig"]["serviceAccountEmail"] == functions.account
    services = gcloud("run", "services", "list", region)
    assert "greet-all" in {each["metadata"]["name"] for each in services}
    service = gcloud("run", "services", "describe", "greet-all", region)
    assert service["status"]["url"] == described["serviceConfig"]["uri"]
    told = [region, "--gen2", "--runtime=python311", f"--source={SOURCE}", "--entry-point=greet"]
    who = [f"--service-account={functions.account}", "--allow-unauthenticated"]
    gcloud("functions", "deploy", "to_be_deleted", *told, *who, "--trigger-http")
    assert functions.environment("to_be_deleted")["K_SERVICE"] == "to-be-deleted"
    gcloud("functions", "delete", "to_be_deleted", region, "--quiet")
    assert functions.answer("GET", "/functions/to_be_deleted").status_code == 404


def test_jobs(gcloud: Gcloud, called: tuple[str, list[str]]) -> None:
    uri, calls = called
    jobs, place = ("scheduler", "jobs"), f"--location={REGION}"
    gcloud(*jobs, "create", "http", "by-gcloud", place, "--schedule=0 4 * * *", f"--uri={uri}/nightly")
    assert [each["schedule"] for each in gcloud(*jobs, "list", place)] == ["0 4 * * *"]
    gcloud(*jobs, "run", "by-gcloud", place)
    wait_until(lambda: calls == ["POST /nightly"], "the job's call")
    assert gcloud(*jobs, "describe", "by-gcloud", place)["state"] == "ENABLED"
    gcloud(*jobs, "delete", "by-gcloud", place)


@pytest.fixture
def called(google_world: World) -> Iterator[tuple[str, list[str]]]:
    """A server's address and the calls that it gets."""
    calls: list[str] = []

    class Target(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(f"{self.command} {self.path}")
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

    with ThreadingHTTPServer((google_world.address, 0), Target) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{google_world.address}:{server.server_port}", calls
        server.shutdown()


def test_databases_and_indexes(gcloud: Gcloud) -> None:
    named, composite = "--database=by-gcloud", ("firestore", "indexes", "composite")
    made = gcloud(
        "firestore", "databases", "create", named, f"--location={REGION}", "--type=firestore-native"
    )
    assert made["metadata"]["@type"].endswith("CreateDatabaseMetadata")
    fields = [f"--field-config=field-path={path},order=ascending" for path in ("name", "born")]
    made = gcloud(*composite, "create", named, "--collection-group=members", *fields)
    (index,) = gcloud(*composite, "list", named)
    assert made["index"] == index["name"]
    assert gcloud(*composite, "describe", index["name"], named)["state"] == "READY"
    gcloud(*composite, "delete", index["name"], named)
    assert gcloud(*composite, "list", named) == []
    gcloud("firestore", "databases", "delete", named)
