"""What Google's client libraries tell of a project, where `gcloud` has no command or does not tell enough."""

from __future__ import annotations

from functools import partial
from typing import Any

from local.world import World
from tests.google.adoption.inventory import Inventory, Question
from tests.google.adoption.members import documents
from tests.google.adoption.told_by_gcloud import bindings
from tests.google.google_clients import discovered_at


def questions(world: World) -> list[Question]:
    """Each asks one API, or the database itself."""
    asked = (_secret_versions, _invokers, rules, _apps, _site, _log_in, documents)
    return [partial(ask, world) for ask in asked]


def rules(world: World) -> Inventory:
    """The rules in force, with their text."""
    with discovered_at(world, "firebaserules.v1") as client:
        listed = client.projects().releases().list(name=f"projects/{world.project}").execute()
        return {
            f"rules/{each['name'].partition('/releases/')[2]}": each
            | client.projects().rulesets().get(name=each["rulesetName"]).execute()["source"]
            for each in listed.get("releases", [])
        }


def _secret_versions(world: World) -> Inventory:
    """Each version with its value."""
    found: Inventory = {}
    with discovered_at(world, "secretmanager.v1") as client:
        secrets = client.projects().secrets()
        for secret in secrets.list(parent=f"projects/{world.project}").execute().get("secrets", []):
            for each in secrets.versions().list(parent=secret["name"]).execute().get("versions", []):
                value = secrets.versions().access(name=each["name"]).execute()["payload"]
                found[f"versions/{each['name'].partition('/secrets/')[2]}"] = each | {"payload": value}
    return found


def _invokers(world: World) -> Inventory:
    """Who may call which function."""
    parent = f"projects/{world.project}/locations/{world.region}"
    found: Inventory = {}
    with discovered_at(world, "run.v2") as client:
        services = client.projects().locations().services()
        for each in services.list(parent=parent).execute().get("services", []):
            policy = services.getIamPolicy(resource=each["name"]).execute()
            found |= bindings(each["name"].rsplit("/", 1)[-1], policy)
    return found


def _apps(world: World) -> Inventory:
    with discovered_at(world, "firebase.v1beta1") as client:
        listed = client.projects().webApps().list(parent=f"projects/{world.project}").execute()
        return {f"apps/{each['appId']}": each for each in listed.get("apps", [])}


def _site(world: World) -> Inventory:
    """The sites, and every release that visitors ever saw."""
    found: Inventory = {}
    with discovered_at(world, "firebasehosting.v1beta1") as client:
        sites = client.projects().sites()
        for site in sites.list(parent=f"projects/{world.project}").execute().get("sites", []):
            found[f"sites/{site['name'].rsplit('/', 1)[-1]}"] = site
            for each in sites.releases().list(parent=site["name"]).execute().get("releases", []):
                found[f"releases/{each['name'].rsplit('/', 1)[-1]}"] = each
    return found


def _log_in(world: World) -> Inventory:
    with discovered_at(world, "identitytoolkit.v2") as client:
        config: dict[str, Any] = (
            client.projects().getConfig(name=f"projects/{world.project}/config").execute()
        )
        return {f"{world.project}/config": config}
