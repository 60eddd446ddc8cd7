from __future__ import annotations

from typing import Any

import pytest

from infra.adoption import IMPORT_IDS, import_id
from tools.program_run import ROOT, Program, run_program, settings_of

PROJECT = "ekklesia-prod-10-2025"
NOT_ADOPTED = {
    # Bindings are added to what is there.
    "gcp:projects/iAMMember:IAMMember",
    "gcp:serviceaccount/iAMMember:IAMMember",
    "gcp:secretmanager/secretIamMember:SecretIamMember",
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    # Google invents their ids.
    "gcp:firestore/index:Index",
    "gcp:firestore/backupSchedule:BackupSchedule",
    "gcp:firebase/webApp:WebApp",
    "gcp:secretmanager/secretVersion:SecretVersion",
    # Its name is a hash of its content.
    "gcp:storage/bucketObject:BucketObject",
    "command:local:Command",
}


@pytest.fixture(scope="module")
def adopted() -> Program:
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml") | {"ekklesia:adopt": True})


def test_without_the_setting_nothing_is_adopted(production: Program) -> None:
    assert {resource.import_id for resource in production.resources} == {""}


def test_everything_whose_id_can_be_computed_is_adopted(adopted: Program) -> None:
    assert {it.type for it in adopted.resources if not it.import_id} == NOT_ADOPTED
    assert {it.type for it in adopted.resources if it.import_id} == set(IMPORT_IDS)


@pytest.mark.parametrize(
    ("suffix", "name", "expected"),
    [
        ("projects/service:Service", "api-run", f"{PROJECT}/run.googleapis.com"),
        ("Database", "firestore", f"projects/{PROJECT}/databases/(default)"),
        ("Database", "rights", f"projects/{PROJECT}/databases/rights"),
        ("secret:Secret", "kenni-client-secret", f"projects/{PROJECT}/secrets/kenni-client-secret"),
        ("function:Function", "healthz", f"projects/{PROJECT}/locations/europe-west2/functions/healthz"),
        (
            "Account",
            "sync-nudge",
            f"projects/{PROJECT}/serviceAccounts/sync-nudge@{PROJECT}.iam.gserviceaccount.com",
        ),
        (
            "Field",
            "sync_logs-expiresAt",
            f"projects/{PROJECT}/databases/(default)/collectionGroups/sync_logs/fields/expiresAt",
        ),
        (
            "Job",
            "bidirectional-member-sync",
            f"projects/{PROJECT}/locations/europe-west2/jobs/bidirectional-member-sync",
        ),
    ],
)
def test_import_ids_are_those_that_the_provider_documents(
    adopted: Program, suffix: str, name: str, expected: str
) -> None:
    assert adopted.get(suffix, name).import_id == expected


def test_one_resource_can_be_adopted_alone(config: dict[str, Any]) -> None:
    program = run_program(config | {"ekklesia:adopt": ["firestore"]})
    assert {it.name for it in program.resources if it.import_id} == {"firestore"}


def test_an_id_with_an_unknown_part_is_not_computed() -> None:
    assert import_id("gcp:secretmanager/secret:Secret", {"project": PROJECT, "secret_id": object()}) is None
