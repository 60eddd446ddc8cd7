"""Google's own libraries for functions, Cloud Run and Firestore's administration read and change by REST."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from google.api_core import exceptions
from google.cloud import firestore_admin_v1, functions_v2, run_v2
from google.cloud.firestore_admin_v1.types import Field, Index
from google.cloud.functions_v2.types import Function
from google.protobuf.field_mask_pb2 import FieldMask

from tests.google.functions import Functions, archive

Options = Callable[[str], dict[str, Any]]
PATIENCE_SECONDS = 120


@pytest.fixture
def client(options: Options) -> functions_v2.FunctionServiceClient:
    return functions_v2.FunctionServiceClient(transport="rest", **options("cloudfunctions"))


def test_a_function_is_read_changed_and_listed(
    client: functions_v2.FunctionServiceClient, functions: Functions
) -> None:
    name = f"{functions.parent}/functions/greet_all"
    function = client.get_function(name=name)
    assert (function.state.name, function.environment.name) == ("ACTIVE", "GEN_2")
    function.labels = {"of": "a-library"}
    changed = client.update_function(function=function, update_mask=FieldMask(paths=["labels"]))
    assert dict(changed.result(timeout=PATIENCE_SECONDS).labels) == {"of": "a-library"}
    assert name in {
        each.name for each in client.list_functions(parent=f"projects/{functions.project}/locations/-")
    }
    with pytest.raises(exceptions.NotFound):
        client.get_function(name=f"{functions.parent}/functions/none")


def test_a_function_is_made_of_what_was_uploaded(
    client: functions_v2.FunctionServiceClient, functions: Functions
) -> None:
    address = client.generate_upload_url(request={"parent": functions.parent})
    wrong = address.upload_url[:-3] + "xyz"
    assert httpx.put(wrong, content=archive(), trust_env=False).status_code == 403
    httpx.put(address.upload_url, content=archive(), trust_env=False).raise_for_status()
    body = functions.body()
    body["buildConfig"]["source"] = {
        "storageSource": {
            "bucket": address.storage_source.bucket,
            "object": address.storage_source.object_,
        }
    }
    made = client.create_function(
        parent=functions.parent, function_id="uploaded", function=Function.from_json(json.dumps(body))
    ).result(timeout=PATIENCE_SECONDS)
    assert functions.environment("uploaded")["K_SERVICE"] == "uploaded"
    client.delete_function(name=made.name).result(timeout=PATIENCE_SECONDS)
    with pytest.raises(exceptions.NotFound):
        client.get_function(name=made.name)


def test_a_service_is_changed_and_rolled_back(options: Options, functions: Functions) -> None:
    services = run_v2.ServicesClient(transport="rest", **options("run"))
    name = f"{functions.parent}/services/greet-all"
    before = services.get_service(name=name)
    assert before.uri == functions.get("greet_all")["serviceConfig"]["uri"]
    assert name in {each.name for each in services.list_services(parent=functions.parent)}
    service = services.get_service(name=name)
    service.template.containers[0].env.append(run_v2.EnvVar(name="BY", value="Run"))
    after = services.update_service(service=service).result(timeout=PATIENCE_SECONDS)
    assert functions.environment("greet_all")["BY"] == "Run"
    with pytest.raises(exceptions.Conflict):
        services.update_service(service=before)

    revisions = run_v2.RevisionsClient(transport="rest", **options("run"))
    known = [each.name.rsplit("/", 1)[-1] for each in revisions.list_revisions(parent=name)]
    earlier = before.latest_ready_revision.rsplit("/", 1)[-1]
    assert {earlier, after.latest_ready_revision.rsplit("/", 1)[-1]} <= set(known)
    kind = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
    after.traffic = [run_v2.TrafficTarget(type_=kind, revision=earlier, percent=100)]
    services.update_service(service=after, update_mask=FieldMask(paths=["traffic"])).result(
        timeout=PATIENCE_SECONDS
    )
    given = functions.environment("greet_all")
    assert (given["K_REVISION"], given.get("BY")) == (earlier, None)


def test_firestore_is_administered(options: Options, database: str, parent: str) -> None:
    admin = firestore_admin_v1.FirestoreAdminClient(transport="rest", **options("firestore"))
    assert database in {each.name for each in admin.list_databases(parent=parent).databases}
    fields = [
        Index.IndexField(field_path=path, order=Index.IndexField.Order.ASCENDING) for path in ("name", "born")
    ]
    group = f"{database}/collectionGroups/members"
    index = Index(query_scope=Index.QueryScope.COLLECTION, fields=fields)
    made = admin.create_index(parent=group, index=index).result(timeout=PATIENCE_SECONDS)
    assert made.name in {each.name for each in admin.list_indexes(parent=group)}
    assert [each.field_path for each in admin.get_index(name=made.name).fields][:2] == ["name", "born"]
    with pytest.raises(exceptions.Conflict, match="already exists"):
        admin.create_index(parent=group, index=index)
    expiring = Field(name=f"{group}/fields/expiresAt", ttl_config=Field.TtlConfig())
    mask = FieldMask(paths=["ttl_config"])
    changed = admin.update_field(request={"field": expiring, "update_mask": mask})
    assert "ttl_config" in changed.result(timeout=PATIENCE_SECONDS)
    admin.delete_index(name=made.name)
    with pytest.raises(exceptions.NotFound):
        admin.get_index(name=made.name)
