"""Provisioning and deploying never go on at the same time; an ill lock does not keep provisioning away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.provision.alone import alone
from deploy.remote import layout
from deploy.remote.lock import LockedError, deploy_lock, holder
from deploy.remote.steps import Steps


def test_it_holds_the_lock_of_deploys(host: Any) -> None:
    with alone(host, Steps("test")):
        assert (holder(host) or {})["for"] == "provision"
        with pytest.raises(LockedError, match="for provision"), deploy_lock(host, "deploy"):
            pass
    assert holder(host) is None


def test_it_is_refused_while_somebody_deploys(host: Any) -> None:
    with (
        deploy_lock(host, "deploy"),
        pytest.raises(LockedError, match="for deploy"),
        alone(host, Steps("test")),
    ):
        pass


def test_a_lock_that_cannot_be_taken_is_a_warning(host: Any, capsys: pytest.CaptureFixture[str]) -> None:
    Path(layout.LOCK).mkdir()
    went_on = False
    with alone(host, Steps("test")):
        went_on = True
    assert went_on
    assert "goes on without it" in capsys.readouterr().err


def test_a_folder_of_locks_that_is_gone_is_a_warning(host: Any, capsys: pytest.CaptureFixture[str]) -> None:
    Path(layout.LOCKS).rmdir()
    with alone(host, Steps("test")):
        pass
    assert "goes on without it" in capsys.readouterr().err


def test_a_bare_host_has_no_lock_yet(host: Any, capsys: pytest.CaptureFixture[str]) -> None:
    Path(layout.SHARED).rmdir()
    with alone(host, Steps("test")):
        assert not Path(layout.SHARED).exists()
    assert "warning" not in capsys.readouterr().err
