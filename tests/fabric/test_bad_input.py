"""Wrong input on Fabric's command line is refused in one line, with a status that is not 0.

Fabric's own program runs in this process, as its command line runs it. The host of a task is a folder of this
machine. A hostile word leaves a mark if it reaches a shell as a command.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from fabric.main import program
from pydantic import BaseModel

from deploy.remote.linode_settings import SECTION, LinodeSettings
from deploy.remote.stack_file import ROOT, Stack, load_stack
from tests.fabric.conftest import SETTINGS, FolderHost

STACK = "mine"
MARK = "hostile-was-here"
HOSTILE = (
    f"$(touch {MARK})",
    f"`touch {MARK}`",
    f"x; touch {MARK}",
    f"x\ntouch {MARK}",
    f"x'; touch {MARK}; '",
    f'x"; touch {MARK}; "',
    f"x | touch {MARK}",
    f"-oProxyCommand=touch {MARK}",
    "../../etc",
    "",
)


@dataclass(frozen=True)
class Ending:
    """How Fabric ended: its status and the last line of its complaint."""

    status: int
    complaint: str


Fab = Callable[..., Ending]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with stack files, used instead of the repository's."""
    monkeypatch.setattr("deploy.tasks.context.load_stack", lambda name: load_stack(name, tmp_path))
    write_stack(tmp_path)
    return tmp_path


@pytest.fixture
def fab(root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Fab]:
    """Fabric's command line. Afterwards no hostile word may have left its mark."""

    def run(*arguments: str, stack: str = STACK) -> Ending:
        monkeypatch.setenv("FABRIC_STACK", stack)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            program.run(["fab", f"--search-root={ROOT}", *arguments])
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return Ending(int(ended.value.code or 0), (said.err.strip().splitlines() or [""])[-1])

    monkeypatch.chdir(root)
    yield run
    assert not (root / MARK).exists()


@pytest.fixture
def folder_host(host: FolderHost, monkeypatch: pytest.MonkeyPatch) -> FolderHost:
    """The tasks' host is a folder."""

    @contextmanager
    def connected(_: Stack) -> Iterator[FolderHost]:
        yield host

    monkeypatch.setattr("deploy.tasks.status.connected", connected)
    return host


def write_stack(folder: Path, **changes: object) -> None:
    """A stack file that is right but for the changes."""
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": {SECTION: SETTINGS | changes}}))


def refuses(ending: Ending, because: str) -> None:
    """One clear line, and a status that says so."""
    assert ending.status == 1
    assert because in ending.complaint


def test_an_unknown_stack(fab: Fab) -> None:
    refuses(fab("deploy", stack="nowhere"), "no stack 'nowhere': there is neither ")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_wrong_name_for_a_stack(fab: Fab, name: str) -> None:
    refuses(fab("deploy", stack=name), "is no name for a stack")


def test_a_host_named_by_fabrics_own_option(fab: Fab) -> None:
    refuses(fab("--hosts=production.example", "deploy"), "say FABRIC_STACK=NAME instead of --hosts")


def test_an_unknown_host(fab: Fab, root: Path) -> None:
    write_stack(root, address="host.invalid")
    refuses(fab("deploy"), "manager@host.invalid port 22: cannot be reached (")


def test_a_host_that_does_not_answer(fab: Fab, root: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        write_stack(root, address="127.0.0.1", port=port)
        refuses(fab("deploy"), f"manager@127.0.0.1 port {port}: cannot be reached (")


def settings_of(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """The names of all settings, those within another one as `outer.inner`."""
    for name, field in model.model_fields.items():
        path, kind = f"{above}{field.alias or name}", field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from settings_of(kind, f"{path}.")
        else:
            yield path


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", list(settings_of(LinodeSettings)))
def test_no_setting_takes_what_a_shell_would(fab: Fab, root: Path, name: str, value: str) -> None:
    outer, _, inner = name.partition(".")
    wrong = [value] if isinstance(SETTINGS.get(name), list) else value
    write_stack(root, **{outer: {inner: wrong} if inner else wrong})
    refuses(fab("deploy"), f"{SECTION}.{name}")


def test_an_unknown_setting(fab: Fab, root: Path) -> None:
    write_stack(root, wrokers=3)
    refuses(fab("deploy"), "wrokers: is not a setting")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_wrong_name_for_a_release(fab: Fab, name: str) -> None:
    refuses(fab("rollback", f"--release={name}"), "is no name of a release")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_wrong_name_for_a_unit(fab: Fab, folder_host: FolderHost, name: str) -> None:
    refuses(fab("logs", f"--unit={name}"), "is no name of a unit")


@pytest.mark.parametrize("count", ["many", "-1", *HOSTILE])
def test_a_wrong_number_of_lines(fab: Fab, folder_host: FolderHost, count: str) -> None:
    refuses(fab("logs", f"--lines={count}"), "is no number of lines")


def test_no_command_at_all(fab: Fab, folder_host: FolderHost) -> None:
    refuses(fab("manage"), "which command? For example: fab manage -- showmigrations sync")


@pytest.mark.parametrize("argument", ["--no-such-option", "--release"])
def test_an_unknown_option_or_one_without_its_value(fab: Fab, argument: str) -> None:
    assert fab("rollback", argument).status == 1


def test_an_unknown_task(fab: Fab) -> None:
    refuses(fab("deplyo"), "No idea what 'deplyo' is!")
