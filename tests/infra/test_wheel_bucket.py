"""The bucket for wheels: operators read and add, and nobody else is named."""

from __future__ import annotations

from tests.infra.conftest import GUDRUN
from tools.program_run import Program

BUCKET = "ekklesia-prod-10-2025-wheels"


def test_the_bucket_is_there_before_the_host_deploys(production: Program) -> None:
    bucket = production.get("bucket:Bucket", "wheels")
    assert bucket.inputs["name"] == BUCKET
    assert production.waits_for(production.get("command:local:Command", "host-deploy"), bucket)


def test_each_operator_reads_and_adds_and_can_replace_nothing(with_operator: Program) -> None:
    bindings = [
        declared.inputs
        for declared in with_operator.of_type("bucketIAMMember:BucketIAMMember")
        if declared.inputs["bucket"] == BUCKET
    ]

    assert {(one["member"], one["role"]) for one in bindings} == {
        (f"user:{GUDRUN}", "roles/storage.objectViewer"),
        (f"user:{GUDRUN}", "roles/storage.objectCreator"),
    }
