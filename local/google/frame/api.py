"""One API: the methods of its discovery document that are served here, each with its permission."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.responses import Response

from local.google.frame.call import Body, Call
from local.google.frame.methods import Method, Methods, methods_of

Handler = Callable[[Call], Body | Response]
Registered = TypeVar("Registered", bound=Handler)
Target = Callable[[Call], str]
VERBS = {"patch": "update", "insert": "create", "replaceService": "update"}
"""Methods whose permission has another verb."""
SERVICES = {"cloudresourcemanager": "resourcemanager", "firestore": "datastore"}
"""APIs whose permissions begin with another word."""


@dataclass(frozen=True)
class Served:
    """A method that is served."""

    handler: Handler
    permission: str
    target: Target
    """The resource on which the permission is asked."""
    condition_name: Target | None
    """The resource's name as conditions of bindings know it, if that is another one."""
    is_recorded_only: bool


@dataclass
class Api:
    """An API of Google's by the name of its discovery document. Its module adds the methods."""

    document: str
    host: str = ""
    """The API that must be enabled, if it is not the document's own."""
    served: dict[str, Served] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`secretmanager`: the first part of its host, and of its paths here."""
        return self.document.split(".")[0]

    @property
    def service(self) -> str:
        """The service that the project must have enabled."""
        return self.host or f"{self.name}.googleapis.com"

    @property
    def methods(self) -> Methods:
        """All that Google's description has."""
        return methods_of(self.document)

    def serves(
        self,
        *ids: str,
        permission: str | None = None,
        target: Target | None = None,
        condition_name: Target | None = None,
        is_recorded_only: bool = False,
    ) -> Callable[[Registered], Registered]:
        """Serve methods, by their ids without the API's name. The permission follows from the id.

        The caller must hold it on the resource that the first parameter of the path names. What is only
        recorded has no effect in the world.
        """

        def register(handler: Registered) -> Registered:
            for each in ids:
                method = self.methods.by_id[f"{self.name}.{each}"]
                needed = _permission(method.id) if permission is None else permission
                place = target or _named
                self.served[method.id] = Served(handler, needed, place, condition_name, is_recorded_only)
            return handler

        return register

    def undeclared(self) -> Iterator[Method]:
        """The methods that Google has and nobody serves here."""
        return (method for each, method in self.methods.by_id.items() if each not in self.served)


def _permission(method_id: str) -> str:
    """`secretmanager.secrets.update` for `secretmanager.projects.secrets.patch`."""
    parts = method_id.split(".")
    return f"{SERVICES.get(parts[0], parts[0])}.{parts[-2]}.{VERBS.get(parts[-1], parts[-1])}"


def _named(call: Call) -> str:
    """The resource that the first parameter of the path names."""
    return next((call.given[name] for name in call.method.path_parameters), f"projects/{call.project}")
