"""Provisioning has gunicorn take up new secrets, and goes on if gunicorn cannot."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from deploy.provision.apply import apply
from deploy.provision.wanted_state import wanted_state
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.steps import Steps

SYSTEMCTL = """#!/bin/sh
echo "$@" >> {told}
case "$*" in
    *show*) echo 'Thu 2020-01-02 03:04:05 UTC' ;;
    try-restart*) exit 1 ;;
esac
"""
"""Gunicorn runs since long ago, and does not come up again."""


def test_a_site_that_does_not_come_up_does_not_stop_provisioning(
    host: Any, settings: LinodeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, program = tmp_path / "told", tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(SYSTEMCTL.format(told=told))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    [again] = [each for each in wanted_state(settings) if each.title.endswith("has these secrets")]
    assert apply(host, again, Steps("test"))
    assert told.read_text().splitlines()[-1] == "try-restart gunicorn.service"
