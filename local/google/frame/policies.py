"""IAM policies of any resource: read, replaced as a whole with their etag, and tested.

The bindings are records of one member's role on one target, which all services read (`local.services.iam`).
A policy is all of a target's bindings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.etags import etag_of, require_seen
from local.google.frame.policy_checks import require_right
from local.google.frame.treatment import treatment_of
from local.resource_store import Record
from local.services import iam
from local.services.in_force import in_force_after

LARGEST_POLICY_VERSION = 3
changing = threading.Lock()
"""Held while a policy is compared and replaced."""


def policy_of(call: Call, target: str, **others: Any) -> Body:
    """The policy of a target; `others` are parts that belong to its etag, such as audit configurations."""
    grouped: dict[tuple[str, str], Body] = {}
    for record in _bindings(call, target):
        condition = condition_of(record)
        key = (record.resource["role"], str(condition))
        binding = grouped.setdefault(key, {"role": record.resource["role"], "members": []})
        binding["members"].append(record.resource["member"])
        if condition:
            binding["condition"] = condition
    bindings = [grouped[key] for key in sorted(grouped)]
    version = LARGEST_POLICY_VERSION if any("condition" in each for each in bindings) else 1
    content = {"bindings": bindings, **others} if bindings else dict(others)
    return {"version": version, **content, "etag": etag_of(content)}


def set_policy(call: Call, target: str, sent: Body) -> Body:
    """Replace the policy of a target. Raises GoogleError 409 if it has changed since it was read."""
    with changing:
        replace(call, target, sent)
    return policy_of(call, target)


def replace(call: Call, target: str, sent: Body, **others: Any) -> None:
    """The same, by who holds `changing`. A binding that was there before is not judged again."""
    require_seen(sent.get("etag"), policy_of(call, target, **others)["etag"])
    wanted = {record.name: record for record in records_of(target, sent.get("bindings", []))}
    present = {record.name: record for record in _bindings(call, target)}
    added = [record for name, record in wanted.items() if name not in present]
    for record in added:
        require_right(call, record)
    for name in present.keys() - wanted.keys():
        call.store.delete(iam.BINDINGS, name)
    treatment = treatment_of(call.world)
    for record in added:
        record.status.update(in_force_after(treatment.seconds(treatment.grants, record.name)))
        call.store.put(record)


def forget_policy(call: Call, target: str) -> None:
    """Remove the bindings of a target that is deleted."""
    for record in list(_bindings(call, target)):
        call.store.delete(iam.BINDINGS, record.name)


def granted(call: Call, target: str) -> Body:
    """Those of the asked permissions that the caller holds on the target."""
    asked = call.body.get("permissions", [])
    held = [each for each in asked if call.caller.may(call.world, each, target)]
    return {"permissions": held} if held else {}


def serve(api: Api, collection: str, target: Callable[[Call], str], permission: str | None = None) -> None:
    """Serve the three methods for a collection. `target` finds the resource, or raises GoogleError 404.

    `permission` is the permissions' common beginning where it is not that of the collection.
    """

    def named(verb: str) -> str | None:
        return f"{permission}.{verb}" if permission else None

    @api.serves(f"{collection}.getIamPolicy", permission=named("getIamPolicy"), target=target)
    def get(call: Call) -> Body:
        return policy_of(call, target(call))

    @api.serves(f"{collection}.setIamPolicy", permission=named("setIamPolicy"), target=target)
    def set_(call: Call) -> Body:
        return set_policy(call, target(call), call.body.get("policy", {}))

    @api.serves(f"{collection}.testIamPermissions", permission="")
    def test(call: Call) -> Body:
        return granted(call, target(call))


def condition_of(record: Record) -> Body | None:
    """The whole condition of a binding."""
    expression = record.resource.get("condition")
    if not expression:
        return None
    title = record.name.split("|")[3] if record.name.count("|") > 2 else ""
    condition: Body = record.status.get("condition") or {"title": title, "expression": expression}
    return condition


def _bindings(call: Call, target: str) -> Iterator[Record]:
    return (each for each in call.store.list(iam.BINDINGS) if each.resource["target"] == target)


def records_of(target: str, bindings: list[Body]) -> Iterator[Record]:
    """The record of each member's role, as all services read it."""
    for binding in bindings:
        condition = binding.get("condition") or {}
        for member in binding.get("members", []):
            name = f"{target}|{binding['role']}|{member}"
            name += f"|{condition['title']}" if condition else ""
            resource = {"target": target, "role": binding["role"], "member": member}
            if condition:
                resource["condition"] = condition["expression"]
            yield Record(iam.BINDINGS, name, resource, {"condition": condition} if condition else {})
