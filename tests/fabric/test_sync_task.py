"""`fab sync` passes its options to the host's own command, and that command's exit status back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from invoke.context import Context

from deploy.remote.errors import DeployError
from deploy.remote.steps import Steps
from deploy.tasks import sync as sync_tasks

HOST = object()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that reached the host; the command ends with status 3 if they contain `--unmasked`."""
    words_asked: list[list[str]] = []

    @contextmanager
    def connected(_stack: Any) -> Iterator[object]:
        yield HOST

    def manage_stream(host: object, words: list[str]) -> int:
        assert host is HOST
        words_asked.append(words)
        return 3 if "--unmasked" in words else 0

    stack = SimpleNamespace(linode=SimpleNamespace(address="198.51.100.2"))
    monkeypatch.setattr(sync_tasks, "begin", lambda context: (stack, Steps("198.51.100.2")))
    monkeypatch.setattr(sync_tasks, "connected", connected)
    monkeypatch.setattr(sync_tasks, "manage_stream", manage_stream)
    return words_asked


def test_only_the_given_options_are_passed_on(
    asked: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    sync_tasks.run.body(Context())
    sync_tasks.run.body(Context(), dry_run=True, json=True)

    assert asked == [["sync_members"], ["sync_members", "--dry-run", "--json"]]
    assert capsys.readouterr().out == ""


def test_the_commands_exit_status_is_the_tasks(asked: list[list[str]]) -> None:
    with pytest.raises(DeployError) as caught:
        sync_tasks.run.body(Context(), unmasked=True)

    assert (caught.value.code, asked) == (3, [["sync_members", "--unmasked"]])
