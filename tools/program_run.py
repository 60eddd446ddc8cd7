"""Runs the Pulumi program without an engine and without a cloud, and collects what it declares.

Outputs are made up as Google would give them. `docs/access.md` and the tests of `infra/` are made from this.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import secrets
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi_gcp
import yaml
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import configure, rpc
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockCallArgs, MockEngine, MockMonitor, MockResourceArgs, Mocks, MockSettings
from pulumi.runtime.proto.source_pb2 import StackTrace
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_in_stack

from infra.google_apis.existing import Existing
from infra.interrupted import Recorded
from infra.settings import API_TOKENS

with warnings.catch_warnings():
    # On its import, this part of the SDK warns of one of its own functions, which we do not use.
    warnings.simplefilter("ignore", DeprecationWarning)
    _ = pulumi_gcp.storage.Bucket

ROOT = Path(__file__).resolve().parents[1]
SECRET_VALUES = {
    "ekklesia:kenniClientSecret": secrets.token_hex(20),
    "ekklesia:erasedKeysKey": secrets.token_hex(20),
    **{f"ekklesia:{name}": secrets.token_hex(20) for name in API_TOKENS.values()},
}
JWKS = '{"keys": []}'


@dataclass(frozen=True)
class Declared:
    """One resource as the engine is asked for it."""

    type: str
    name: str
    inputs: dict[str, Any]
    secret_inputs: frozenset[str] = frozenset()
    secret_outputs: frozenset[str] = frozenset()
    """Outputs that the engine is told to keep secret, beside those whose inputs are."""
    ignored: frozenset[str] = frozenset()
    """Inputs that may be otherwise at Google."""
    replaced_on: frozenset[str] = frozenset()
    """Changes that replace the resource, beside those of its provider."""
    import_id: str = ""
    protect: bool = False
    kept: bool = False
    urn: str = ""
    parent: str = ""
    """The URN of the component to which it belongs, or of the stack."""
    dependencies: frozenset[str] = frozenset()
    """URNs."""
    deletes_first: bool = False
    """Whether a replacement deletes the old one first."""
    patience: tuple[str, str] = ("", "")
    """How long its creation and its update may take, if that is not left to the provider."""


@dataclass
class Program:
    """What one run of the program declared and exported."""

    resources: list[Declared] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of_type(self, suffix: str) -> list[Declared]:
        """The resources whose type ends so (`firestore/index:Index`)."""
        return [resource for resource in self.resources if resource.type.endswith(suffix)]

    def get(self, suffix: str, name: str) -> Declared:
        """The one resource of that type and logical name."""
        [found] = [resource for resource in self.of_type(suffix) if resource.name == name]
        return found

    def waits_for(self, resource: Declared, other: Declared) -> bool:
        """Whether `other` exists before `resource` does, directly or through others."""
        by_urn = {each.urn: each for each in self.resources}
        seen: set[str] = set()
        open_ends = set(resource.dependencies)
        while open_ends:
            urn = open_ends.pop()
            seen.add(urn)
            if urn in by_urn:
                open_ends |= by_urn[urn].dependencies - seen
        return other.urn in seen


class Google(Mocks):
    """Outputs as Google gives them, for those that the program reads."""

    def call(self, args: MockCallArgs) -> Any:
        """Refuse: the program looks nothing up."""
        raise AssertionError(f"the program asks for {args.token}, which no provider of ours answers")

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """The id and the outputs of a resource with these inputs."""
        outputs_of: Callable[[dict[str, Any]], dict[str, Any]] = OUTPUTS.get(args.typ, lambda _: {})
        made_up = outputs_of(args.inputs)
        return made_up.pop("id", f"{args.name}-id"), {**args.inputs, **made_up}


def _account(inputs: dict[str, Any]) -> dict[str, Any]:
    email = f"{inputs['accountId']}@{inputs['project']}.iam.gserviceaccount.com"
    return {"email": email, "name": f"projects/{inputs['project']}/serviceAccounts/{email}"}


def _function(inputs: dict[str, Any]) -> dict[str, Any]:
    service = inputs["name"].lower().replace("_", "-")
    parent = f"projects/{inputs['project']}/locations/{inputs['location']}"
    return {
        "serviceConfig": {
            **inputs["serviceConfig"],
            "uri": f"https://{service}-x-nw.a.run.app",
            "service": f"{parent}/services/{service}",
        }
    }


def _secret(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"projects/{inputs['project']}/secrets/{inputs['secretId']}"}


def _pool(inputs: dict[str, Any]) -> dict[str, Any]:
    pool = f"projects/1234/locations/global/workloadIdentityPools/{inputs['workloadIdentityPoolId']}"
    provider = inputs.get("workloadIdentityPoolProviderId")
    return {"name": f"{pool}/providers/{provider}" if provider else pool}


def _custom_role(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"projects/{inputs['project']}/roles/{inputs['roleId']}"}


def _repository(inputs: dict[str, Any]) -> dict[str, Any]:
    parent = f"projects/{inputs['project']}/locations/{inputs['location']}"
    return {"id": f"{parent}/repositories/{inputs['repositoryId']}", "name": inputs["repositoryId"]}


def _agent(inputs: dict[str, Any]) -> dict[str, Any]:
    email = f"service-1234@gcp-sa-{inputs['service'].split('.')[0]}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}"}


OUTPUTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "gcp:serviceaccount/account:Account": _account,
    "gcp:projects/iAMCustomRole:IAMCustomRole": _custom_role,
    "gcp:projects/serviceIdentity:ServiceIdentity": _agent,
    "gcp:artifactregistry/repository:Repository": _repository,
    "gcp:cloudfunctionsv2/function:Function": _function,
    "gcp:secretmanager/secret:Secret": _secret,
    "gcp:secretmanager/secretVersion:SecretVersion": lambda _: {"version": "1"},
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": _pool,
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": _pool,
    "gcp:firebase/webApp:WebApp": lambda _: {"appId": "1:1234:web:abcd"},
    "command:local:Command": lambda _: {"stdout": JWKS},
}


class Recorder(MockMonitor):
    """Keeps what the mocks do not see: import ids, protection, dependencies, which inputs are secret."""

    def __init__(self) -> None:
        super().__init__(Google())
        self.program = Program()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the call
        """Take one resource, as the engine would."""
        secret = frozenset(key for key, value in request.object.items() if _holds_secret(value))
        with _loop_of_this_thread():
            response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.custom:
            self.program.resources.append(
                Declared(
                    type=request.type,
                    name=request.name,
                    inputs=_plain(rpc.deserialize_properties(request.object)),
                    secret_inputs=secret,
                    secret_outputs=frozenset(request.additionalSecretOutputs),
                    ignored=frozenset(request.ignoreChanges),
                    replaced_on=frozenset(request.replaceOnChanges),
                    import_id=request.importId,
                    protect=request.protect,
                    kept=request.retainOnDelete,
                    urn=response.urn,
                    parent=request.parent,
                    deletes_first=request.deleteBeforeReplace,
                    patience=(request.customTimeouts.create, request.customTimeouts.update),
                    dependencies=frozenset(request.dependencies),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of the call
        """Keep the outputs of the stack itself."""
        if "::pulumi:pulumi:Stack::" in request.urn:
            self.program.outputs = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


@contextmanager
def _loop_of_this_thread() -> Iterator[None]:
    """The mocks open an event loop in each thread that calls them, and leave it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _holds_secret(value: Any) -> bool:
    return rpc._special_secret_sig in str(value)


def _plain(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def settings_of(path: Path) -> dict[str, Any]:
    """The `config:` part of a stack file."""
    config: dict[str, Any] = yaml.safe_load(path.read_text())["config"]
    return config


@dataclass
class AtGoogle:
    """What is there before the program runs."""

    resources: Mapping[str, Any] = field(default_factory=dict)
    """Path of an API → resource."""
    recorded: Recorded = field(default_factory=Recorded)
    """What earlier runs have made and begun to make."""
    restored: list[str] = field(default_factory=list)
    """Paths of what the program has undeleted."""
    deleted: list[str] = field(default_factory=list)
    """Paths of what the program has deleted."""
    awaited: list[str] = field(default_factory=list)
    """Paths of what the program has waited for."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """APIs, and the paths at which the program looked."""

    def get(self, api: str, path: str) -> Any:
        """What is there; None if there is nothing."""
        self.asked.append((api, path))
        return self.resources.get(path)

    def finished(self, path: str) -> Any:
        """The resource once its creation has ended."""
        self.awaited.append(path)
        return self.resources.get(path)


def whole_program() -> None:
    """All of `infra/`, as Pulumi runs it."""
    runpy.run_path(str(ROOT / "infra"), run_name="__main__")


def run_program(  # noqa: PLR0913 (all but the first by name)
    config: dict[str, Any],
    *,
    secret_values: dict[str, str] | None = None,
    stack: str = "prod",
    into: Program | None = None,
    google: AtGoogle | None = None,
    main: Callable[[], None] = whole_program,
) -> Program:
    """Run `infra/` with these settings. What the program raises comes through.

    `into` collects what is declared, even if the program raises. `main`: a smaller program, of its parts.
    """
    secret_values = SECRET_VALUES if secret_values is None else secret_values
    encoded = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    set_all_config({**encoded, **secret_values}, list(secret_values))
    recorder = Recorder()
    recorder.program = into or recorder.program
    there = google or AtGoogle()
    try:
        with (
            patch.object(Existing, "get", lambda _self, api, path: there.get(api, path)),
            patch.object(Existing, "restore", lambda _self, _api, path: there.restored.append(path)),
            patch.object(Existing, "delete", lambda _self, _api, path, _why: there.deleted.append(path)),
            patch.object(Existing, "finished", lambda _self, _api, path, _state: there.finished(path)),
            patch("infra.interrupted.recorded", lambda: there.recorded),
            # Where in the sources a resource is declared takes a fifth of the time, and nobody here asks.
            patch("pulumi.runtime.resource._get_stack_trace", StackTrace),
        ):
            asyncio.run(_run(recorder, stack, main))
    finally:
        # What the SDK still waits for after a failure belongs to a loop that is closed.
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
    return recorder.program


async def _run(recorder: Recorder, stack: str, main: Callable[[], None]) -> None:
    """As the language host does it. `set_mocks` makes a root of its own, and there may be only one."""
    # What the SDK did not wait for after a failure is no news: the failure itself comes through.
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    configure(
        MockSettings(  # type: ignore[no-untyped-call]
            monitor=recorder,
            monitor_features=set(recorder.GetDeploymentInfo(Empty()).supportedFeatures),  # type: ignore[no-untyped-call]
            engine=MockEngine(None),
            project="ekklesia",
            stack=stack,
            dry_run=False,
        )
    )
    await run_in_stack(main)
