"""Field masks: which part of a resource an update changes, and which part of an answer is wanted."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from typing import Any

from local.services.google_errors import GoogleError

Body = dict[str, Any]


def paths_of(mask: str) -> list[list[str]]:
    """The paths of a mask such as `labels,retry_config.retryCount`, in the names of the JSON."""
    return [[_camel(part) for part in path.split(".")] for path in mask.split(",") if path]


def updated(before: Body, sent: Body, mask: str, *, immutable: Collection[str] = ()) -> Body:
    """The resource after an update by this mask; `*` or nothing means all that was sent.

    Raises GoogleError 400 if the mask names a field that cannot change.
    """
    paths = paths_of("" if mask == "*" else mask) or [[name] for name in sent if name not in immutable]
    after = copy.deepcopy(before)
    for path in paths:
        if path[0] in immutable:
            raise GoogleError(400, f"Update mask contains an immutable field: {'.'.join(path)}")
        _put(after, sent, path)
    return after


def selected(body: Any, fields: str) -> Any:
    """The part of an answer that the parameter `fields` names: `services/name,nextPageToken`.

    The forms `a(b,c)` and `*` are answered with all, which Google's clients take as well.
    """
    if not fields or re.search(r"[(*]", fields):
        return body
    chosen: Body = {}
    for path in fields.split(","):
        _choose(chosen, body, path.split("/"))
    return chosen


def _put(after: Body, sent: Body, path: list[str]) -> None:
    name, *rest = path
    if rest and isinstance(sent.get(name, {}), dict):
        inner = after.setdefault(name, {})
        _put(inner, sent.get(name, {}), rest)
    elif name in sent:
        after[name] = sent[name]
    else:
        after.pop(name, None)


def _choose(chosen: Body, body: Body, path: list[str]) -> None:
    name, *rest = path
    value = body.get(name)
    if value is None:
        return
    if rest and isinstance(value, list):
        parts = chosen.setdefault(name, [{} for _ in value])
        for part, whole in zip(parts, value, strict=True):
            _choose(part, whole, rest)
    elif rest and isinstance(value, dict):
        _choose(chosen.setdefault(name, {}), value, rest)
    else:
        chosen[name] = value


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)
