"""`gcloud` lists, describes and acts on what the world has. It reaches no other network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.google.real_provider import GCLOUD_OVERRIDES
from local.world import World

Gcloud = Callable[..., Any]
GCLOUD = shutil.which("gcloud")
pytestmark = pytest.mark.skipif(GCLOUD is None, reason="gcloud is not installed")
NOWHERE = "http://127.0.0.1:9"
PATIENCE_SECONDS = 120


@pytest.fixture
def gcloud(google_world: World, tmp_path: Path) -> Gcloud:
    """Runs gcloud with settings of its own; its answer is JSON."""
    token = tmp_path / "token"
    token.write_text("owner")
    root = google_world.url("googleapis")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CLOUDSDK_CONFIG": str(tmp_path / "config"),
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token),
        "CLOUDSDK_CORE_PROJECT": google_world.project,
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": google_world.address,
        **{
            f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name.upper()}": f"{root}/{api}/"
            for name, api in GCLOUD_OVERRIDES.items()
        },
    }

    def run(*arguments: str, given: str = "", fails: bool = False) -> Any:
        done = subprocess.run(
            [str(GCLOUD), *arguments, "--format=json"],
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else json.loads(done.stdout or "null")

    return run


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
