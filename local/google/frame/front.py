"""Answers the calls of an API, in all its versions.

What Google checks in front of every API is checked here, in Google's order: the path, the bearer, the
project, the enabled API, the permission and the body. A handler does the rest; its answer is checked too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.google.frame import bodies, masks
from local.google.frame.access_tokens import caller_of
from local.google.frame.api import Api, Served
from local.google.frame.call import Body, Call
from local.google.frame.discovery import ANSWER, SchemaName, document, faults
from local.google.frame.disturbances import Disturbances
from local.google.frame.methods import Method
from local.google.frame.requests import json_object
from local.resource_store import ResourceStore
from local.services.enabled_apis import project_number, require_enabled
from local.services.google_errors import GoogleError
from local.world import World

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
PROJECT = re.compile(r"projects/([^/:]+)")
FIRST_OF_TWO_VERSIONS = re.compile(r"^v\d\w*/(?=v\d\w*/)")
"""Google's Pulumi provider takes the version off an address only if it is https, and then adds its own."""


class Front:
    """The versions of one API in one world."""

    def __init__(self, world: World, versions: Sequence[Api], prefix: str) -> None:
        self._world = world
        self._versions = versions
        self._prefix = prefix
        self._store = ResourceStore(world)
        self._disturbances = Disturbances(world)

    def routes(self) -> list[BaseRoute]:
        """All paths of the API below its prefix, and at the root those that name the API themselves."""
        own = [f"/{root}{{path:path}}" for root in self._roots()]
        return [Route(path, self.answer, methods=VERBS) for path in (*own, f"{self._prefix}/{{path:path}}")]

    def _roots(self) -> list[str]:
        return [root for api in self._versions if (root := document(api.document)["servicePath"])]

    async def answer(self, request: Request) -> Response:
        """The answer to one request. Raises GoogleError."""
        api, method, named = self._method(request)
        self._disturbances.may_refuse(request.method, request.url.path)
        served = api.served.get(method.id)
        caller = caller_of(self._world, request)
        if served is None:
            raise GoogleError(501, f"The one-machine world does not serve {method.id}.")
        given = {name: self._with_id(value) for name, value in {**request.query_params, **named}.items()}
        call = Call(self._world, self._store, caller, method, given, {})
        self._require_access(call, api, served)
        sent = await json_object(request)
        cleared = frozenset(name for name, value in sent.items() if value is None)
        call = replace(call, body=_body(api, method, sent), cleared=cleared)
        answer = await run_in_threadpool(served.handler, call)
        return answer if isinstance(answer, Response) else _shown(api, method, answer, given)

    def _method(self, request: Request) -> tuple[Api, Method, dict[str, str]]:
        path = self._path(request)
        for api in self._versions:
            if found := api.methods.find(request.method, path):
                _require_parameters(api, found[0], request)
                return (api, *found)
        raise GoogleError(404, f"The requested URL /{path} was not found on this server.")

    def _path(self, request: Request) -> str:
        """The path below the API's root as it was sent: an object's name may have quoted slashes."""
        sent: bytes = request.scope.get("raw_path") or request.url.path.encode()
        path = sent.decode().partition("?")[0].removeprefix("/")
        if path.startswith(tuple(self._roots())):
            return path
        return FIRST_OF_TWO_VERSIONS.sub("", path.removeprefix(f"{self._prefix[1:]}/"))

    def _with_id(self, value: str) -> str:
        """The name with the project's id in place of its number, or of `-`, which means any project."""
        named = PROJECT.match(value)
        if named and named[1] in ("-", str(project_number(self._world.project))):
            return f"projects/{self._world.project}{value[named.end() :]}"
        return value

    def _require_access(self, call: Call, api: Api, served: Served) -> None:
        for value in (call.given[name] for name in call.method.path_parameters):
            named = PROJECT.match(value)
            if named and named[1] != self._world.project:
                raise GoogleError(403, f"Permission denied on resource project {named[1]}.")
        require_enabled(self._store, self._world.project, api.service)
        if served.permission:
            name = served.condition_name(call) if served.condition_name else None
            call.caller.require(self._world, served.permission, served.target(call), name)


def _require_parameters(api: Api, method: Method, request: Request) -> None:
    """Refuse a parameter that the method does not have."""
    known = api.methods.common | _camel(method.parameters)
    for name in request.query_params:
        if name not in known and name.split(".")[0] not in known:
            problem = (
                f"Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found"
            )
            raise GoogleError(400, f"Invalid JSON payload received. {problem} in request message.")


def _body(api: Api, method: Method, sent: Body) -> Body:
    if method.request is None:
        return sent
    name = SchemaName(api.document, method.request)
    return bodies.accepted(name, sent, whole=method.verb != "PATCH")


def _shown(api: Api, method: Method, answer: Body, given: dict[str, str]) -> Response:
    """The answer, which must be as Google describes it."""
    if method.response:
        name = SchemaName(api.document, method.response)
        wrong = list(faults(name, answer, name.schema, ANSWER))
        if wrong:
            raise GoogleError(500, f"{method.id} is answered wrongly here: {'; '.join(wrong)}")
    return JSONResponse(masks.selected(answer, given.get("fields", "")))


def _camel(parameters: Any) -> frozenset[str]:
    """The names of a method's parameters, and the forms in which gcloud sends them."""
    snake = {re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name) for name in parameters}
    return frozenset(parameters) | frozenset(snake)
