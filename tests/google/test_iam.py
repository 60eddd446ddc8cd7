"""IAM, the project's policy and its APIs are read and changed through google-api-python-client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from local.world import World

Discovered = Callable[[str], Any]
ISSUER = {"issuerUri": "https://host.example", "jwksJson": '{"keys": [{"kid": "1", "kty": "RSA"}]}'}


def test_an_account_lives_and_dies(discovered: Discovered, google_world: World, parent: str) -> None:
    accounts = discovered("iam.v1").projects().serviceAccounts()
    body = {"accountId": "judged", "serviceAccount": {"displayName": "Judged"}}
    made = accounts.create(name=parent, body=body).execute()
    assert made["email"] == f"judged@{google_world.project}.iam.gserviceaccount.com"
    assert accounts.get(name=made["name"]).execute() == made
    body = {"serviceAccount": {"displayName": "Other", "description": "never"}, "updateMask": "displayName"}
    changed = accounts.patch(name=made["name"], body=body).execute()
    assert (changed["displayName"], "description" in changed) == ("Other", False)
    accounts.disable(name=made["name"], body={}).execute()
    assert accounts.get(name=made["name"]).execute()["disabled"]
    listed = accounts.list(name=parent).execute()["accounts"]
    assert made["email"] in [each["email"] for each in listed]

    binding = {"role": "roles/iam.workloadIdentityUser", "members": ["user:anna@ekklesia.test"]}
    policy = accounts.getIamPolicy(resource=made["name"]).execute()
    sent = {"policy": {**policy, "bindings": [binding]}}
    assert accounts.setIamPolicy(resource=made["name"], body=sent).execute()["bindings"] == [binding]
    with pytest.raises(HttpError, match="concurrent policy changes"):
        accounts.setIamPolicy(resource=made["name"], body=sent).execute()
    accounts.delete(name=made["name"]).execute()
    with pytest.raises(HttpError, match="404"):
        accounts.get(name=made["name"]).execute()


def test_a_role_lives_and_dies(discovered: Discovered, parent: str) -> None:
    roles = discovered("iam.v1").projects().roles()
    role = {"title": "Judges", "includedPermissions": ["storage.objects.get"], "stage": "GA"}
    made = roles.create(parent=parent, body={"roleId": "judging", "role": role}).execute()
    wider = {"includedPermissions": ["storage.objects.get", "storage.objects.list"], "title": "never"}
    changed = roles.patch(name=made["name"], updateMask="includedPermissions", body=wider).execute()
    assert (changed["title"], changed["includedPermissions"]) == ("Judges", wider["includedPermissions"])
    assert roles.get(name=made["name"]).execute() == changed
    assert roles.delete(name=made["name"]).execute()["deleted"]


def test_a_pool_and_its_provider_live_and_are_not_made_twice(discovered: Discovered, parent: str) -> None:
    pools = discovered("iam.v1").projects().locations().workloadIdentityPools()
    place = f"{parent}/locations/global"
    ended = pools.create(
        parent=place, workloadIdentityPoolId="judged", body={"displayName": "Judged"}
    ).execute()
    name = ended["response"]["name"]
    body = {"oidc": ISSUER, "attributeMapping": {"google.subject": "assertion.sub"}}
    of_pool = pools.providers()
    provider = of_pool.create(parent=name, workloadIdentityPoolProviderId="the-host", body=body).execute()
    change = {"attributeCondition": "assertion.sub == 'backend'"}
    path = provider["response"]["name"]
    of_pool.patch(name=path, updateMask="attributeCondition", body=change).execute()
    found = of_pool.get(name=path).execute()
    assert found["attributeCondition"] == change["attributeCondition"]
    assert found["oidc"]["issuerUri"] == ISSUER["issuerUri"]
    pools.patch(name=name, updateMask="disabled", body={"disabled": True}).execute()
    assert pools.get(name=name).execute()["disabled"]
    pools.delete(name=name).execute()
    assert pools.get(name=name).execute()["state"] == "DELETED"
    with pytest.raises(HttpError, match="already exists"):
        pools.create(parent=place, workloadIdentityPoolId="judged", body={}).execute()
    pools.undelete(name=name, body={}).execute()
    assert pools.get(name=name).execute()["state"] == "ACTIVE"
    pools.delete(name=name).execute()


def test_the_project_logs_what_its_policy_says(discovered: Discovered, google_world: World) -> None:
    projects = discovered("cloudresourcemanager.v1").projects()
    project = google_world.project
    before = projects.getIamPolicy(resource=project, body={}).execute()
    logged = [{"service": "sts.googleapis.com", "auditLogConfigs": [{"logType": "DATA_READ"}]}]
    others = before.get("auditConfigs", [])
    sent = {"policy": {**before, "auditConfigs": [*others, *logged]}, "updateMask": "auditConfigs,etag"}
    after = projects.setIamPolicy(resource=project, body=sent).execute()
    assert logged[0] in after["auditConfigs"]
    assert after.get("bindings") == before.get("bindings")
    with pytest.raises(HttpError, match="concurrent policy changes"):
        projects.setIamPolicy(resource=project, body=sent).execute()
    # Without the mask only the bindings are replaced.
    plain = {"policy": {"bindings": after.get("bindings", []), "etag": after["etag"]}}
    kept = projects.setIamPolicy(resource=project, body=plain).execute()
    assert kept["auditConfigs"] == after["auditConfigs"]
    back = {"policy": {**kept, "auditConfigs": others}, "updateMask": "auditConfigs,etag"}
    assert logged[0] not in projects.setIamPolicy(resource=project, body=back).execute().get(
        "auditConfigs", []
    )


def test_an_api_is_disabled_and_then_refuses(
    discovered: Discovered, google_world: World, parent: str
) -> None:
    services, topics = discovered("serviceusage.v1").services(), discovered("pubsub.v1").projects().topics()
    name = f"{parent}/services/pubsub.googleapis.com"
    assert services.get(name=name).execute()["state"] == "ENABLED"
    before = topics.list(project=parent).execute()
    services.disable(name=name, body={}).execute()
    with pytest.raises(HttpError, match="has not been used in project"):
        topics.list(project=parent).execute()
    services.enable(name=name, body={}).execute()
    assert topics.list(project=parent).execute() == before


def test_googles_own_account_is_made_once(discovered: Discovered, parent: str) -> None:
    services = discovered("serviceusage.v1beta1").services()
    asked = services.generateServiceIdentity(parent=f"{parent}/services/pubsub.googleapis.com")
    first, second = asked.execute()["response"], asked.execute()["response"]
    assert first == second
    assert first["email"].endswith("@gcp-sa-pubsub.iam.gserviceaccount.com")
