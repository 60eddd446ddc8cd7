"""The functions' tokens on the host, and their rotation: by digest, in order, and without a failed call."""

from __future__ import annotations

import json
import stat
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from deploy.credentials import persons_tokens, rotation
from deploy.credentials.stack_program import StackProgram
from deploy.provision import api_tokens, configuration
from deploy.remote.api_callers import FUNCTIONS, digest_of, new_token, setting_of
from deploy.remote.errors import DeployError
from deploy.remote.host import Result
from deploy.remote.steps import Steps

STEPS = Steps("test")
DIGESTS = {function: digest_of(function) for function in FUNCTIONS}
TOLD = json.dumps({"environment": {}, "tokens": DIGESTS})


@pytest.fixture
def done(host: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to a host on which a release serves, in order."""
    order: list[str] = []

    def write(_host: Any, _verb: str, path: str, _content: Any, _steps: Steps) -> bool:
        order.append(path)
        return True

    def manage(_host: Any, words: list[str]) -> Result:
        order.append(" ".join(words))
        return Result("", "", 0)

    for module in (api_tokens, configuration):
        monkeypatch.setattr(module, "connected", lambda _: nullcontext(host))
        monkeypatch.setattr(module, "is_deployed", lambda _: True)
        monkeypatch.setattr(module, "write", write)
    monkeypatch.setattr(configuration, "restart", lambda _: order.append("restart"))
    monkeypatch.setattr(api_tokens, "manage", manage)
    return order


def test_new_tokens_are_taken_beside_the_old(host: Any, done: list[str], tmp_path: Path) -> None:
    (tmp_path / "current" / "backend" / "api_access").mkdir(parents=True)
    api_tokens.accept_from(TOLD, host.stack, STEPS)
    assert done == [
        "/etc/ekklesia/api-tokens.json",
        "ensure_api_token --file=/etc/ekklesia/api-tokens.json",
    ]


def test_old_ones_end_once_the_functions_have_the_new_ones(host: Any, done: list[str]) -> None:
    configuration.configure_from(TOLD, host.stack, STEPS)
    assert done[-2:] == [
        "ensure_api_token --file=/etc/ekklesia/api-tokens.json --others-end-in=15",
        "restart",
    ]


def test_a_release_that_knows_one_token_only_is_deployed_first(host: Any, done: list[str]) -> None:
    """Else the functions would get tokens that the host does not take."""
    with pytest.raises(DeployError, match="`fab deploy` first"):
        api_tokens.accept_from(TOLD, host.stack, STEPS)
    assert done == []


@pytest.mark.parametrize(
    ("tokens", "complaint"),
    [
        (None, "wants JSON"),
        ([], "must be an object"),
        ({}, "exactly these functions"),
        (DIGESTS | {"unknown": "0" * 64}, "exactly these functions"),
        (DIGESTS | {"syncmembers": "a-token-and-no-digest"}, "64 hexadecimal digits"),
        (DIGESTS | {"syncmembers": 1}, "64 hexadecimal digits"),
    ],
)
def test_a_mistake_is_refused_without_the_value(host: Any, tokens: object, complaint: str) -> None:
    with pytest.raises(DeployError, match=complaint) as refused:
        api_tokens.accept_from(json.dumps({"tokens": tokens}), host.stack, STEPS)
    assert "a-token" not in refused.value.message


class Recorded(StackProgram):
    """A stack whose orders are written down."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__("test")
        object.__setattr__(self, "orders", [])
        object.__setattr__(self, "fails", fails)

    def set_secret(self, setting: str, value: str) -> None:
        self.orders.append((setting, value))  # type: ignore[attr-defined]

    def up(self, replaced: Any = ()) -> None:
        if self.fails:  # type: ignore[attr-defined]
            raise DeployError("no network")
        self.orders.append(("up", tuple(replaced)))  # type: ignore[attr-defined]


def orders_of(program: StackProgram) -> list[Any]:
    return list(program.orders)  # type: ignore[attr-defined]


def test_each_function_gets_a_token_of_its_own_and_then_the_program_runs() -> None:
    program = Recorded()
    rotation.rotate(program, STEPS, rotation.chosen(None))
    assert [name for name, _ in orders_of(program)] == [*map(setting_of, FUNCTIONS), "up"]
    tokens = {value for _, value in orders_of(program)[:-1]}
    assert len(tokens) == len(FUNCTIONS)


def test_a_run_that_failed_is_completed_by_another_one() -> None:
    program = Recorded(fails=True)
    with pytest.raises(DeployError, match="no network"):
        rotation.rotate(program, STEPS, ("syncmembers",))
    object.__setattr__(program, "fails", False)
    rotation.rotate(program, STEPS, ("syncmembers",))
    (first, old), (second, new), last = orders_of(program)
    assert (first, second, last) == ("syncmembersToken", "syncmembersToken", ("up", ()))
    assert old != new


def test_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    program = Recorded()
    rotation.rotate(program, Steps("test", as_json=True), rotation.chosen("syncmembers"), dry_run=True)
    assert orders_of(program) == []
    assert [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()] == ["planned"] * 2


def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(DeployError, match="these have: bidirectional_sync, "):
        rotation.chosen("nobody")


def test_a_secret_goes_to_pulumi_by_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f'#!/bin/sh\necho "$@" >> {seen}\ncat >> {seen}.input\n[ "$1" = config ] || exit 3\n')
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    token = new_token()
    StackProgram("nowhere").set_secret("syncmembersToken", token)
    assert token not in seen.read_text()
    assert (tmp_path / "seen.input").read_text() == token
    with pytest.raises(DeployError, match="pulumi up"):
        StackProgram("nowhere").up(["host-nudge-key"])
    assert "--replace **host-nudge-key" in seen.read_text()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DeployError, match="not on the PATH"):
        StackProgram("nowhere").up()


def test_the_host_gets_a_persons_digest_and_the_person_a_private_file(
    host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    def manage(_host: Any, words: list[str], content: str) -> Result:
        given.update(words=words, content=content)
        return Result("gudrun may status.read until 2027-01-01\n", "", 0)

    monkeypatch.setattr(persons_tokens, "manage", manage)
    path = tmp_path / "token"
    wanted = persons_tokens.Wanted("gudrun", "report", "status.read", 30)
    assert "gudrun may" in persons_tokens.issue(host, wanted, path)
    token = path.read_text().strip()
    assert given["content"] == digest_of(token)
    assert token not in given["words"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
