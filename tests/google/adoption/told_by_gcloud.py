"""What `gcloud` tells of a project: each resource with all its fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from local.world import World
from tests.google.adoption.inventory import Inventory, Question
from tests.google.gcloud_command import Gcloud

KINDS = (
    *("services", "accounts", "bindings", "secrets", "functions", "jobs"),
    *("databases", "indexes", "buckets", "objects"),
)


def questions(world: World, gcloud: Gcloud, kinds: Collection[str] = KINDS) -> list[Question]:
    """Each is one call of `gcloud`."""
    place, objects = f"--location={world.region}", f"gs://{world.project}-*/**"
    asked: dict[str, tuple[str, ...]] = {
        "services": ("services", "list", "--enabled"),
        "accounts": ("iam", "service-accounts", "list"),
        "secrets": ("secrets", "list"),
        "functions": ("functions", "list"),
        "jobs": ("scheduler", "jobs", "list", place),
        "databases": ("firestore", "databases", "list"),
        "indexes": ("firestore", "indexes", "composite", "list", "--database=(default)"),
        "buckets": ("storage", "buckets", "list", "--raw"),
        "objects": ("storage", "objects", "list", objects, "--raw"),
    }
    lists = {kind: _question(kind, gcloud, words) for kind, words in asked.items()}
    lists["bindings"] = lambda: bindings("project", gcloud("projects", "get-iam-policy", world.project))
    return [lists[kind] for kind in kinds]


def bindings(of: str, policy: Mapping[str, Any]) -> Inventory:
    """Each role of each member by itself, so that one which is taken away is seen."""
    return {
        f"bindings of {of}/{each['role']} {member}": {"condition": each.get("condition")}
        for each in policy.get("bindings", [])
        for member in each["members"]
    }


def _question(kind: str, gcloud: Gcloud, words: tuple[str, ...]) -> Question:
    return lambda: {f"{kind}/{_name(each)}": each for each in gcloud(*words)}


def _name(resource: Mapping[str, Any]) -> str:
    """The last part of a full name; an object's is within its bucket."""
    return (
        f"{resource['bucket']}/{resource['name']}"
        if "bucket" in resource
        else resource["name"].rsplit("/", 1)[-1]
    )
