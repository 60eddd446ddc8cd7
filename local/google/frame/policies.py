"""IAM policies of any resource: read, replaced as a whole with their etag, and tested.

The bindings are records of one member's role on one target, which all services read (`local.services.iam`).
A policy is all of a target's bindings.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from local.google.frame.call import Body, Call
from local.google.frame.etags import etag_of, require_seen
from local.google.frame.policy_checks import require_right
from local.resource_store import Record
from local.services import iam

LARGEST_POLICY_VERSION = 3
_changing = threading.Lock()


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


def set_policy(call: Call, target: str, sent: Body, **others: Any) -> Body:
    """Replace the policy of a target. Raises GoogleError 409 if it has changed since it was read."""
    with _changing:
        require_seen(sent.get("etag"), policy_of(call, target, **others)["etag"])
        bindings = sent.get("bindings", [])
        for binding in bindings:
            require_right(call, binding)
        wanted = {record.name: record for record in _records(target, bindings)}
        present = {record.name: record for record in _bindings(call, target)}
        for name in present.keys() - wanted.keys():
            call.store.delete(iam.BINDINGS, name)
        for name in wanted.keys() - present.keys():
            call.store.put(wanted[name])
    return policy_of(call, target, **others)


def forget_policy(call: Call, target: str) -> None:
    """Remove the bindings of a target that is deleted."""
    for record in list(_bindings(call, target)):
        call.store.delete(iam.BINDINGS, record.name)


def granted(call: Call, target: str) -> Body:
    """Those of the asked permissions that the caller holds on the target."""
    asked = call.body.get("permissions", [])
    held = [each for each in asked if call.caller.may(call.world, each, target)]
    return {"permissions": held} if held else {}


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


def _records(target: str, bindings: list[Body]) -> Iterator[Record]:
    for binding in bindings:
        condition = binding.get("condition") or {}
        for member in binding.get("members", []):
            name = f"{target}|{binding['role']}|{member}"
            name += f"|{condition['title']}" if condition else ""
            resource = {"target": target, "role": binding["role"], "member": member}
            if condition:
                resource["condition"] = condition["expression"]
            yield Record(iam.BINDINGS, name, resource, {"condition": condition} if condition else {})
