"""How commands reach the host: quoted, and only systemd reads the secrets of the environment."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from invoke.tasks import Task

from deploy import tasks
from deploy.backup.backups import Backups
from deploy.remote import maintenance
from deploy.remote.connection import OneConnection
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host, Result, shell_text
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.service import health
from deploy.remote.stack_file import ROOT, Stack
from deploy.remote.steps import Steps
from deploy.status.logs import follow_logs
from deploy.tasks.executor import words_after_dashes
from deploy.tasks.namespace import namespace


def test_words_are_quoted() -> None:
    assert shlex.split(shell_text(["echo", "a b", "$(reboot)", "it's"])) == [
        "echo",
        "a b",
        "$(reboot)",
        "it's",
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("fab manage -- showmigrations sync", ["showmigrations", "sync"]),
        ("fab manage -- shell -c 'print(1, \"$HOME\")'", ["shell", "-c", 'print(1, "$HOME")']),
        ("fab manage -- loaddata -- -x", ["loaddata", "--", "-x"]),
        ("fab manage", []),
    ],
)
def test_words_after_the_dashes_stay_whole(typed: str, words: list[str]) -> None:
    assert words_after_dashes(shlex.split(typed)) == words


def test_the_maintenance_page_says_who_turned_it_on(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "_answer_to_the_world", lambda _: "503")
    monkeypatch.setattr("getpass.getuser", lambda: "anna")
    assert maintenance.describe(host) == "off"
    maintenance.close(host, "the disk is changed; $(reboot)")
    assert re.fullmatch(
        r"on since [-0-9]{10} [:0-9]{5} UTC by anna: the disk is changed; \$\(reboot\)",
        maintenance.describe(host),
    )
    assert maintenance.open_again(host)
    assert not maintenance.open_again(host)
    assert maintenance.describe(host) == "off"


def test_a_maintenance_page_that_nginx_does_not_show_is_taken_down(
    host: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "_answer_to_the_world", lambda _: "200")
    with pytest.raises(DeployError, match="nginx answered 200 instead of 503: run `fab provision` first"):
        maintenance.close(host, "")
    assert maintenance.describe(host) == "off"


@pytest.mark.parametrize("command", ["terminal", "run", "upload"])
def test_a_connection_that_was_lost_is_not_made_anew(
    settings: LinodeSettings, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Otherwise Fabric would connect again, and go on without the lock of the first connection."""
    connection = OneConnection("198.51.100.2", user="manager")
    tried: list[object] = []
    monkeypatch.setattr(connection.client, "connect", lambda **keywords: tried.append(keywords))
    connection.transport = SimpleNamespace(active=False, is_active=lambda: False)
    host = Host(connection, Stack(name="test", linode=settings))
    arguments = {"terminal": ("true",), "run": ("true",), "upload": (io.BytesIO(b""), "/srv/x")}
    with pytest.raises(DeployError, match=r"198\.51\.100\.2: the connection was lost"):
        getattr(host, command)(*arguments[command])
    assert tried == []


def test_a_remote_error_is_one_line() -> None:
    error = RemoteError("upload", 1, "\nTraceback\n  File x\nValueError: bad\nand worse\n")
    assert error.message == "upload: ValueError: bad / and worse"
    assert error.code == 1
    assert RemoteError("upload", 3, "").message == "upload: exit status 3"


@pytest.mark.parametrize("unit", ["a;reboot", "$(x)", "--follow=1"])
def test_a_bad_unit_name_is_refused(host: Any, unit: str) -> None:
    with pytest.raises(DeployError, match="no name of a unit"):
        follow_logs(host, unit, "5", follow=False)


def test_backups_are_chosen_by_name_or_age() -> None:
    names = ["20261123T010000Z-daily.tar", "20261124T010000Z-daily.tar"]
    rows = [{"name": name, "made": "", "bytes": 1, "copied": True} for name in names]
    found = Backups.model_validate({"backups": rows, "bucket": "", "copy_error": ""})
    assert found.choose(None).name == names[1]
    assert found.choose(names[0]).name == names[0]
    for wanted in ("x", "../../etc/shadow"):
        with pytest.raises(DeployError, match="no backup"):
            found.choose(wanted)
    with pytest.raises(DeployError, match="no backups"):
        Backups(backups=[], bucket="", copy_error="").choose(None)


def test_a_backup_can_be_made_by_one_word_and_has_commands_of_its_own() -> None:
    assert namespace["backup"] is namespace["backup.make"]
    assert {"backup.drill", "backup.list", "backup.copy", "backup.fetch"} <= set(namespace.task_names)


@pytest.mark.parametrize("name", namespace.task_names)
def test_every_task_says_what_it_does(name: str) -> None:
    """On the first line of its docstring, which `fab --list` shows."""
    first_line = (namespace[name].__doc__ or "").strip().partition("\n")[0]
    assert re.fullmatch(r"[A-Z].{10,}", first_line)


def test_every_module_of_tasks_is_in_the_namespace() -> None:
    modules = [import_module(f"deploy.tasks.{found.name}") for found in iter_modules(tasks.__path__)]
    written = {
        task
        for module in modules
        for task in vars(module).values()
        if isinstance(task, Task) and _is_of(task, module)
    }
    assert written == {namespace[name] for name in namespace.task_names}


def _is_of(task: Task[Any], module: ModuleType) -> bool:
    return bool(task.body.__module__ == module.__name__)


def test_steps_for_machines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps("198.51.100.2", as_json=True)
    with steps.step("one") as outcome:
        outcome.changed("much")
    with pytest.raises(DeployError), steps.step("two"):
        raise DeployError("no disk")
    lines = [json.loads(line) for line in io.StringIO(capsys.readouterr().out)]
    assert [(line["step"], line["outcome"], line["detail"]) for line in lines] == [
        ("one", "changed", "much"),
        ("two", "failed", "no disk"),
    ]


def test_steps_for_people_keep_standard_output_clean(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps("198.51.100.2").step("[one]") as outcome:
        outcome.note("in [brackets]")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "[one]" in printed.err
    assert "in [brackets]" in printed.err


def test_a_site_that_says_ok_with_an_error_status_is_not_well(
    host: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = '{"status": "ok", "release": "one"}'
    monkeypatch.setattr(host, "run", lambda *_, **__: Result(told, "curl: (22) error: 500", 22))
    assert health(host) == {"refusal": "curl: (22) error: 500"}
    monkeypatch.setattr(host, "run", lambda *_, **__: Result(told, "", 0))
    assert health(host) == {"status": "ok", "release": "one"}


ENDLESS = """
import sys
from fabric.executor import Executor
from invoke.exceptions import Exit
from deploy.tasks.executor import TaskExecutor

def execute(self):
    while True:
        print("a line of a log")

Executor.execute = execute
try:
    TaskExecutor.execute(object.__new__(TaskExecutor))
except Exit as end:
    sys.exit(end.code)
"""


def test_a_reader_who_has_enough_ends_a_task_without_a_traceback() -> None:
    """As in `fab logs | head`."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "ansible-free-deploy")}
    command = [sys.executable, "-c", ENDLESS]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"a line of a log\n"
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (141, b"")
