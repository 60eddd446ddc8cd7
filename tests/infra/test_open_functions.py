"""The binding of a function that was open by hand stays, so somebody has to hear of it."""

from __future__ import annotations

from typing import Any

import pytest

from infra import function_source, interrupted, settings
from infra.adoption import Adoption
from infra.cloud_function import ANYONE, CloudFunction, FunctionSpec, Prerequisites
from infra.google_apis.existing import Existing
from tools.program_run import AtGoogle, run_program

PROJECT = "ekklesia-prod-10-2025"
PLACE = f"projects/{PROJECT}/locations/europe-west2"


def only_functions() -> None:
    """A smaller program, which opens one of its functions."""
    stack = settings.load()
    adoption = Adoption(stack.adopt, Existing(stack), interrupted.recorded())
    adoption.start()
    source = function_source.declare(stack, [])
    made = {}
    for name in ("bidirectional_sync", "healthz", "track_member_changes", "syncmembers"):
        spec = FunctionSpec(name, name, f"fn-{name.replace('_', '-')}", "Of a test")
        made[name] = CloudFunction(stack, spec, source, Prerequisites([], []))
    made["syncmembers"].allow("anyone", ANYONE)
    adoption.finish()


@pytest.fixture
def warnings(config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", lambda message, *_, **__: told.append(message))
    there: dict[str, Any] = {}
    for name, member in (
        ("bidirectional_sync", "allUsers"),
        ("healthz", "serviceAccount:a@x.iam.gserviceaccount.com"),
        ("track_member_changes", "allAuthenticatedUsers"),
        ("syncmembers", "allUsers"),
    ):
        service = f"{PLACE}/services/{name.replace('_', '-')}"
        there[f"v2/{PLACE}/functions/{name}"] = {"serviceConfig": {"service": service, "uri": "https://x"}}
        bindings = [{"role": "roles/run.invoker", "members": [member]}]
        there[f"v2/{service}:getIamPolicy"] = {"bindings": bindings}
    run_program(config | {"ekklesia:adopt": True}, google=AtGoogle(there), main=only_functions)
    return [each for each in told if "can be called by" in each]


def test_each_is_named_with_the_command_that_closes_it(warnings: list[str]) -> None:
    sync, events = warnings
    assert sync == (
        "bidirectional_sync can be called by allUsers, and taking it over leaves that. Close it by: "
        "gcloud run services remove-iam-policy-binding bidirectional-sync --member=allUsers "
        f"--role=roles/run.invoker --region=europe-west2 --project={PROJECT}"
    )
    assert events.startswith("track_member_changes can be called by allAuthenticatedUsers")
