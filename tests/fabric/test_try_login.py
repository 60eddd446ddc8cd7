"""A login that is tried right after sshd was told of new settings waits for sshd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from deploy.remote import login
from deploy.remote.connection import LoginRefusedError, UnreachableError
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.login import Role, try_login
from deploy.remote.stack_file import Stack

Answers = Callable[..., list[str]]


@pytest.fixture
def stack(settings: LinodeSettings) -> Stack:
    return Stack(name="test", linode=settings)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Say how the host answers, try by try; the tries that were made."""

    def set_answers(*errors: DeployError | None) -> list[str]:
        tries: list[str] = []

        @contextmanager
        def connected(_stack: Stack, role: Role) -> Iterator[None]:
            tries.append(role.value)
            if error := errors[min(len(tries), len(errors)) - 1]:
                raise error
            yield

        monkeypatch.setattr(login, "connected", connected)
        return tries

    return set_answers


def test_a_port_that_is_closed_for_a_moment_is_waited_for(stack: Stack, answers: Answers) -> None:
    tries = answers(UnreachableError("port 22: cannot be reached"), UnreachableError("no banner"), None)
    try_login(stack, Role.DEPLOY)
    assert tries == ["deploy"] * 3


def test_a_refused_login_is_told_at_once(stack: Stack, answers: Answers) -> None:
    tries = answers(LoginRefusedError("the host refuses this login"))
    with pytest.raises(LoginRefusedError):
        try_login(stack, Role.PROVISION)
    assert len(tries) == 1


def test_a_port_that_stays_closed_is_an_error(
    stack: Stack, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "SSHD_SECONDS", 0.0)
    answers(UnreachableError("port 22: cannot be reached"))
    with pytest.raises(UnreachableError):
        try_login(stack, Role.DEPLOY)
