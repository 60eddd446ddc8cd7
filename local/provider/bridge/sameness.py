"""When two values of a property mean the same, so that there is nothing to change. Schemas name these."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from local.provider.properties import Value

Comparison = Callable[[Value, Value], bool]

CASE_MATTERS = ("allUsers", "allAuthenticatedUsers", "principal:", "principalSet:", "principalHierarchy:")
DOCUMENT_NAME = "__name__"


def always(_old: Value, _new: Value) -> bool:
    """A setting that steers the provider alone."""
    return True


def ignore_case(old: Value, new: Value) -> bool:
    """The same letters."""
    return str(old).lower() == str(new).lower()


def index_fields(old: Value, new: Value) -> bool:
    """The same fields; Google adds the document's name at the end if it is not declared."""
    if not isinstance(old, list) or not isinstance(new, list) or old == new:
        return bool(old == new)
    is_declared = any(each.get("fieldPath") == DOCUMENT_NAME for each in new)
    return not is_declared and [each for each in old if each.get("fieldPath") != DOCUMENT_NAME] == new


def json_text(old: Value, new: Value) -> bool:
    """The same JSON."""
    try:
        return bool(json.loads(old) == json.loads(new))
    except (ValueError, TypeError):
        return False


def key_version(old: Value, new: Value) -> bool:
    """The same key, of which Google names the version."""
    return str(old).split("/cryptoKeyVersions/")[0] == str(new).split("/cryptoKeyVersions/")[0]


def last_part(old: Value, new: Value) -> bool:
    """The same name, one of them in full. Two full names are compared whole."""
    if "/" in str(old) and "/" in str(new):
        return bool(old == new)
    return str(old).rsplit("/", 1)[-1] == str(new).rsplit("/", 1)[-1]


def member(old: Value, new: Value) -> bool:
    """The same member of a binding: the case of an address does not matter."""
    is_exact = any(str(each).startswith(CASE_MATTERS) for each in (old, new))
    return bool(old == new) if is_exact else ignore_case(old, new)


def trailing_slash(old: Value, new: Value) -> bool:
    """The same address, apart from a slash at its end."""
    return str(old).removesuffix("/") == str(new).removesuffix("/")


COMPARISONS: Mapping[str, Comparison] = {
    "always": always,
    "ignoreCase": ignore_case,
    "indexFields": index_fields,
    "json": json_text,
    "keyVersion": key_version,
    "lastPart": last_part,
    "member": member,
    "trailingSlash": trailing_slash,
}
