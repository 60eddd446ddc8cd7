"""The methods of Google's APIs, as their discovery documents describe them, and which one a path means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from local.google.frame.discovery import document

PARAMETER = re.compile(r"\{(\+?)([^}]+)\}")
UPLOAD, DOWNLOAD = "/upload", "/download"
"""Before the paths of Cloud Storage's contents."""


@dataclass(frozen=True)
class Method:
    """One method of an API."""

    id: str
    """`secretmanager.projects.secrets.create`."""
    verb: str
    path: str
    """Below the API's root: `v1/{+parent}/secrets`."""
    parameters: Mapping[str, Any]
    request: str | None
    """The schema of the body, if it has one."""
    response: str | None

    @property
    def path_parameters(self) -> list[str]:
        """The names of the parameters in the path, in their order."""
        return [name for _, name in PARAMETER.findall(self.path)]

    def fill(self, parameters: Mapping[str, Any]) -> str:
        """The path with these parameters."""

        def value(match: re.Match[str]) -> str:
            return quote(str(parameters[match[2]]), safe="/:()@" if match[1] else "")

        return PARAMETER.sub(value, self.path)


class Methods:
    """All methods of one API."""

    def __init__(self, name: str) -> None:
        described = document(name)
        root = described["servicePath"]
        self.by_id = {method.id: method for method in _methods(described, root)}
        # `…/secrets/{+name}:enable` before `…/secrets/{+name}`.
        ordered = sorted(self.by_id.values(), key=lambda method: -len(PARAMETER.sub("", method.path)))
        self._patterns = [(method, _pattern(method)) for method in ordered]
        self.common: frozenset[str] = frozenset(described["parameters"]) | {"$alt", "userProject"}
        """Parameters that every method takes."""

    def find(self, verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
        """The method of a path as it was sent (quoted, without a leading slash), and its parameters."""
        for method, pattern in self._patterns:
            if method.verb == verb and (match := pattern.fullmatch(path)):
                names = method.path_parameters
                return method, dict(zip(names, map(unquote, match.groups()), strict=True))
        return None


@cache
def methods_of(name: str) -> Methods:
    """The methods of a discovery document, such as `run.v2`."""
    return Methods(name)


def method_of(name: str, method: str) -> Method:
    """A method of a document by its id without the API's name: `secrets.create`."""
    return methods_of(name).by_id[f"{name.split('.', maxsplit=1)[0]}.{method}"]


def _methods(described: Mapping[str, Any], root: str) -> Iterator[Method]:
    for method in described.get("methods", {}).values():
        yield Method(
            method["id"],
            method["httpMethod"],
            f"{root}{method['path']}",
            method.get("parameters", {}),
            method.get("request", {}).get("$ref"),
            method.get("response", {}).get("$ref"),
        )
    for resource in described.get("resources", {}).values():
        yield from _methods(resource, root)


def _pattern(method: Method) -> re.Pattern[str]:
    pattern, end = "", 0
    for match in PARAMETER.finditer(method.path):
        pattern += re.escape(method.path[end : match.start()])
        described = method.parameters[match[2]].get("pattern", "^.+$" if match[1] else "^[^/]+$")
        pattern += f"({described.removeprefix('^').removesuffix('$')})"
        end = match.end()
    return re.compile(pattern + re.escape(method.path[end:]))
