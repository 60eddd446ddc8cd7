"""`fab admin.…` passes names to the host's own commands, and a password by standard input alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pytest
from invoke.context import Context

from deploy.provision import second_factor_keys
from deploy.provision.apply import apply
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.steps import Steps
from deploy.tasks import admin as tasks

PASSWORD = "wrung-camel-basil-42"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], bytes]]:
    """The words that reached the host, and what came with them."""
    found: list[tuple[list[str], bytes]] = []

    @contextmanager
    def connected(_stack: Any) -> Iterator[object]:
        yield object()

    def manage_stream(_host: object, words: list[str], standard_input: IO[bytes] | None = None) -> int:
        found.append((words, standard_input.read() if standard_input else b""))
        return 0

    stack = SimpleNamespace(linode=SimpleNamespace(address="198.51.100.2"))
    monkeypatch.setattr(tasks, "begin", lambda context: (stack, Steps("198.51.100.2")))
    monkeypatch.setattr(tasks, "connected", connected)
    monkeypatch.setattr(tasks, "manage_stream", manage_stream)
    return found


def test_a_reset_is_asked_about(asked: list[Any]) -> None:
    with pytest.raises(DeployError, match="no terminal to ask on"):
        tasks.reset_second_factor.body(Context(), user="gudrun")
    assert asked == []
    tasks.reset_second_factor.body(Context(), user="gudrun", yes=True)
    tasks.reset_second_factor.body(Context(), everybody=True, yes=True)
    assert [words for words, _ in asked] == [
        ["reset_second_factor", "--user=gudrun"],
        ["reset_second_factor", "--everybody"],
    ]


@pytest.mark.parametrize("options", [{}, {"user": "gudrun", "everybody": True}])
def test_a_reset_says_whose(asked: list[Any], options: dict[str, Any]) -> None:
    with pytest.raises(DeployError, match="whose"):
        tasks.reset_second_factor.body(Context(), yes=True, **options)
    assert asked == []


def test_who_is_let_in_again(asked: list[Any]) -> None:
    tasks.open_log_in.body(Context(), user="gudrun")
    tasks.open_log_in.body(Context(), address="203.0.113.7")
    assert [words for words, _ in asked] == [
        ["open_log_in", "--user=gudrun"],
        ["open_log_in", "--address=203.0.113.7"],
    ]
    with pytest.raises(DeployError, match="who"):
        tasks.open_log_in.body(Context())


def test_a_new_password_is_no_argument(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    tasks.add_superuser.body(Context(), "gudrun")
    assert asked == [(["add_superuser", "--user=gudrun"], f"{PASSWORD}\n".encode())]


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host's file of secrets, made by an earlier release."""
    path = tmp_path / "host.env"
    path.write_text("DJANGO_SECRET_KEY=x\n")
    monkeypatch.setattr(layout, "HOST_ENVIRONMENT", str(path))
    return path


def of(path: Path) -> list[str]:
    (line,) = [line for line in path.read_text().splitlines() if line.startswith("SECOND_FACTOR_KEYS=")]
    return line.partition("=")[2].split(",")


def test_a_host_gets_one_key_and_keeps_it(host: Any, keys: Path) -> None:
    assert apply(host, second_factor_keys.wanted_key(), Steps("test"))
    made = keys.read_text()
    assert [len(key) for key in of(keys)] == [44]
    assert not apply(host, second_factor_keys.wanted_key(), Steps("test"))
    assert keys.read_text() == made
    assert made.startswith("DJANGO_SECRET_KEY=x\n")
    assert keys.stat().st_mode & 0o777 == 0o600


def test_a_key_is_exchanged_while_both_open(host: Any, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(host, second_factor_keys.wanted_key(), Steps("test"))
    (old,) = of(keys)
    meanwhile: list[list[str]] = []

    def manage(_host: Any, words: list[str]) -> SimpleNamespace:
        assert words == ["seal_second_factors_anew"]
        meanwhile.append(of(keys))
        return SimpleNamespace(stdout="1 sealed\n")

    monkeypatch.setattr(second_factor_keys, "manage", manage)
    monkeypatch.setattr(second_factor_keys, "restart", lambda host: None)
    second_factor_keys.rotate(host, Steps("test"))
    (new,) = of(keys)
    assert meanwhile == [[new, old]]
    assert new != old
    assert keys.read_text().startswith("DJANGO_SECRET_KEY=x\n")
    assert not any(key in command for key in (new, old) for command in host.commands)
