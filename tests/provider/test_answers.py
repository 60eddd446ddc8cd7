"""Our provider answers what the real one answers, at Check and at Diff.

`answers.json` has, for each type of the real provider that `infra/` uses: valid `inputs`; what Check makes of
them (`checked`); what Diff answers to each of the `changes`; what Check refuses (`refusals`); and an id that
an import takes. All was recorded from the real provider, apart from the changed values, of which only the
properties were recorded. `state` is what Google answers beside the inputs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.provider.bridge.defaults import plain
from local.provider.gcp.catalogue import TYPES
from local.provider.gcp.scope import Scope
from local.world import ROOT

ANSWERS: dict[str, Any] = json.loads(Path(__file__).with_name("answers.json").read_text())
ARGUED: dict[str, str] = json.loads(Path(__file__).with_name("argued_answers.json").read_text())
"""`TYPE ROW` → why our answer is another one."""
PROJECT = "ekklesia-prod-10-2025"
NUMBER = "123456789012"
NAMED_BY_GOOGLE = {
    "gcp:firebase/webApp:WebApp",
    "gcp:firebaserules/ruleset:Ruleset",
    "gcp:firestore/index:Index",
    "gcp:secretmanager/secretVersion:SecretVersion",
}
"""The types whose ids Google invents: below the name of their collection."""


class Provider:
    """The provider's own interface."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self._stub = stub
        stub.Configure(provider_pb2.ConfigureRequest(args=message({"project": PROJECT}), acceptSecrets=True))

    def check(
        self, token: str, new: Mapping[str, Any], old: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[str]]:
        """The completed inputs and the refusals."""
        request = provider_pb2.CheckRequest(urn=urn(token), olds=message(old), news=message(new))
        answer = self._stub.Check(request)
        return values(answer.inputs), sorted(each.reason for each in answer.failures)

    def diff(
        self, token: str, state: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> str:
        """`none`, `update`, or `replace` with what happens first."""
        request = provider_pb2.DiffRequest(
            id="1", urn=urn(token), olds=message(state), old_inputs=message(old), news=message(new)
        )
        answer = self._stub.Diff(request)
        if answer.changes == provider_pb2.DiffResponse.DIFF_NONE:
            return "none"
        if not answer.replaces:
            return "update"
        return f"replace, {'delete' if answer.deleteBeforeReplace else 'create'} first"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """The plugin, in a process of its own as under the engine."""
    command = [sys.executable, "-m", "local.provider.gcp"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = f"127.0.0.1:{process.stdout.readline().strip()}"
        with grpc.insecure_channel(address) as channel:
            yield Provider(provider_pb2_grpc.ResourceProviderStub(channel))
        process.terminate()


def rows(kind: str) -> list[Any]:
    """The rows of one kind, each under its name."""
    return [
        pytest.param(token, row, id=f"{token} {label}")
        for token, answers in ANSWERS.items()
        for label, row in labelled(answers[kind])
    ]


def labelled(recorded: Any) -> list[tuple[str, Any]]:
    if isinstance(recorded, list):
        return [(json.dumps(row["set"]), row) for row in recorded]
    return list(recorded.items())


@pytest.mark.parametrize("token", ANSWERS)
def test_check_completes_inputs_as_the_real_provider(provider: Provider, token: str) -> None:
    inputs, refused = provider.check(token, ANSWERS[token]["inputs"], {})
    assert refused == []
    assert inputs == ANSWERS[token]["checked"]


@pytest.mark.parametrize(("token", "row"), rows("refusals"))
def test_check_refuses_what_the_real_provider_refuses(
    provider: Provider, token: str, row: Any, request: pytest.FixtureRequest
) -> None:
    _, refused = provider.check(token, changed(ANSWERS[token]["inputs"], row["set"]), {})
    assert (refused == row["refused"]) is not is_argued(request)


@pytest.mark.parametrize(("token", "row"), rows("changes"))
def test_diff_answers_what_the_real_provider_answers(
    provider: Provider, token: str, row: Any, request: pytest.FixtureRequest
) -> None:
    answers = ANSWERS[token]
    old = answers["checked"]
    new, refused = provider.check(token, changed(answers["inputs"], row["set"]), old)
    state = {**old, **answers.get("state", {})}
    answer: Any = {"refused": refused} if refused else provider.diff(token, state, old, new)
    assert (answer == row["answer"]) is not is_argued(request), answer


@pytest.mark.parametrize("token", ANSWERS)
def test_an_import_takes_the_real_providers_id(token: str) -> None:
    resource = next(each for each in TYPES if each.pulumi_type == token)
    scope = Scope(PROJECT, "europe-west2")
    taken = resource.name_of_import(scope, ANSWERS[token]["import"].replace(NUMBER, str(scope.number)))
    named = resource.name(scope, plain(ANSWERS[token]["checked"]))
    assert taken == named or (token in NAMED_BY_GOOGLE and taken.startswith(named.rsplit("/", 1)[0]))


def test_no_argument_is_without_its_row() -> None:
    every = {each.id for kind in ("refusals", "changes") for each in rows(kind)}
    assert ARGUED.keys() <= every


def is_argued(request: pytest.FixtureRequest) -> bool:
    """Whether the row of this test is argued, so that an equal answer would be a stale argument."""
    return request.node.name.split("[", 1)[1].removesuffix("]") in ARGUED


def changed(inputs: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with other values at these paths; None takes a value away."""
    new: dict[str, Any] = json.loads(json.dumps(inputs))
    for path, value in changes.items():
        *steps, last = path.split(".")
        block = new
        for step in steps:
            block = block.setdefault(step, {})
        block[last] = value
    return new


def urn(token: str) -> str:
    """The resource `x` of that type."""
    return f"urn:pulumi:prod::ekklesia::{token}::x"


def message(content: Mapping[str, Any]) -> struct_pb2.Struct:
    """A message of the protocol."""
    made = struct_pb2.Struct()
    made.update(content)
    return made


def values(received: struct_pb2.Struct) -> dict[str, Any]:
    """The content of a message, with whole numbers as such."""
    return json.loads(json.dumps(MessageToDict(received)), parse_float=_number)  # type: ignore[no-any-return]


def _number(text: str) -> float | int:
    return int(float(text)) if float(text).is_integer() else float(text)
