"""Who Google says the person at this machine is: one module asks, whatever they do with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.legacy import bucket
from deploy.remote import google_identity
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Bucket

DEPLOY = Path(google_identity.__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))


def test_somebody_whom_google_does_not_know_is_told_what_to_do() -> None:
    with pytest.raises(DeployError, match="run `gcloud auth application-default login`"):
        google_identity.access_token(google_identity.CLOUD_PLATFORM)


def test_a_deploy_goes_on_without_the_bucket() -> None:
    """`BucketError` is what it takes for "no bucket"."""
    with pytest.raises(bucket.BucketError, match="wheels: Google does not know you"):
        bucket.fetch(Bucket(storage_url="http://127.0.0.1:1", name="wheels"), "a.whl")


def test_one_module_asks_google() -> None:
    asking = [path for path in DEPLOY.rglob("*.py") if "google.auth.default(" in path.read_text()]
    assert asking == [Path(google_identity.__file__)]
