"""A file that somebody edited is shown and kept before it is overwritten."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from invoke.context import Context

from deploy.provision import digest, edited, flow, operations
from deploy.provision.apply import apply, apply_all
from deploy.provision.operations import Operation
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps
from deploy.tasks import host as tasks
from tests.fabric.test_together import OWN

OLD, NEW = "one\ntwo\n", "one\nthree\n"


def state(folder: Path, text: str) -> list[Operation]:
    """Two files, one of them in an operation of several."""
    parts = [operations.file(str(folder / "part"), text, **OWN)]
    return [operations.file(str(folder / "a file"), text, **OWN), operations.together("x", parts, "true")]


@pytest.fixture
def folder(host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of an earlier release, provisioned and written down."""
    monkeypatch.setattr(layout, "WRITTEN", str(tmp_path / "written.json"))
    monkeypatch.setattr(edited, "KEPT", str(tmp_path / "replaced"))
    path = tmp_path / "files"
    path.mkdir()
    apply_all(host, state(path, OLD), Steps("test"))
    Path(layout.WRITTEN).write_text(digest.record_each(state(path, OLD)).content)
    return path


def test_what_an_earlier_release_wrote_is_no_edit(host: Any, folder: Path) -> None:
    assert edited.edits(host, state(folder, NEW)) == []


@pytest.mark.parametrize("name", ["a file", "part"])
def test_an_edit_is_shown_without_secrets_and_kept(
    host: Any, folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand = "one\nAPI_KEY=hunter2\nauth_token hunter3\n"
    (folder / name).write_text(by_hand)
    found = edited.edits(host, state(folder, NEW))
    assert [edit.path for edit in found] == [str(folder / name)]
    edited.show(found, Steps("test"))
    assert not Path(edited.KEPT).exists()
    edited.keep(host, found, Steps("test"))
    told = capsys.readouterr().err
    assert "-API_KEY=***" in told
    assert "+three" in told
    assert "hunter" not in told
    apply_all(host, state(folder, NEW), Steps("test"))
    assert (folder / name).read_text() == NEW
    [kept] = Path(edited.KEPT).glob(f"*{folder / name}")
    assert kept.read_text() == by_hand


def test_what_a_run_wrote_that_ended_half_way_is_no_edit(host: Any, folder: Path) -> None:
    """The next two runs want something else."""
    for text in (NEW, "four\n"):
        edited.announce(host, state(folder, text), Steps("test"))
        apply(host, state(folder, text)[0], Steps("test"))
    assert edited.edits(host, state(folder, "five\n")) == []
    (folder / "part").write_text("by hand")
    assert [edit.path for edit in edited.edits(host, state(folder, "five\n"))] == [str(folder / "part")]
    edited.forget_announced(host)
    edited.announce(host, state(folder, OLD), Steps("test"))
    assert [path.name for path in folder.parent.glob("written*")] == ["written.json"]


def test_a_disk_that_takes_no_announcement_is_a_warning(
    host: Any, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(f"{edited._announced()}.new").mkdir()
    edited.announce(host, state(folder, NEW), Steps("test"))
    assert "cannot be announced" in capsys.readouterr().err


def test_an_edit_that_is_what_is_wanted_now_is_none(host: Any, folder: Path) -> None:
    (folder / "a file").write_text(NEW)
    assert edited.edits(host, state(folder, NEW)) == []


@pytest.mark.parametrize("known", ["", "{", "[]", '{"x": 3}'])
def test_a_host_that_knows_nothing_of_it_has_no_edits(host: Any, folder: Path, known: str) -> None:
    Path(layout.WRITTEN).write_text(known)
    (folder / "a file").write_text("by hand")
    assert edited.edits(host, state(folder, NEW)) == []
    assert apply(host, state(folder, NEW)[0], Steps("test"))


def test_a_disk_that_keeps_nothing_is_a_warning(
    host: Any, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a file").write_text("by hand")
    Path(edited.KEPT).write_text("no folder")
    edited.keep(host, edited.edits(host, state(folder, NEW)), Steps("test"))
    assert "they cannot be kept" in capsys.readouterr().err


def test_what_nobody_accepts_is_shown_and_not_kept(
    host: Any, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a file").write_text("by hand")

    def refuse(question: str) -> None:
        raise DeployError(question)

    with pytest.raises(DeployError, match="Replace 1 files"):
        flow._show_edits(host, state(folder, NEW), Steps("test"), refuse)
    assert "-by hand" in capsys.readouterr().err
    assert not Path(edited.KEPT).exists()
    flow._show_edits(host, state(folder, NEW), Steps("test"), None)
    assert "-by hand" in capsys.readouterr().err
    assert not Path(edited.KEPT).exists()
    flow._show_edits(host, state(folder, NEW), Steps("test"), lambda _: None)
    assert list(Path(edited.KEPT).glob("*"))


@pytest.mark.parametrize(
    ("said", "setting", "asked"),
    [(False, False, True), (True, False, False), (False, True, False)],
    ids=["nobody says so", "the option", "the setting"],
)
def test_without_a_terminal_somebody_must_have_accepted(
    host: Any, monkeypatch: pytest.MonkeyPatch, said: bool, setting: bool, asked: bool
) -> None:
    """`pulumi up` has none; for it the stack's file says so."""
    stack = Stack(name="test", linode=host.stack.linode.model_copy(update={"accept_changes": setting}))
    monkeypatch.setattr(tasks, "begin", lambda *_, **__: (stack, Steps("test")))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    questions: list[str] = []

    def provision(*_: Any, ask: Callable[[str], None], **__: Any) -> int:
        ask("Replace them?")
        questions.append("accepted")
        return 0

    monkeypatch.setattr(tasks, "provision_host", provision)
    if asked:
        with pytest.raises(
            DeployError, match=r"no terminal to ask on; `--accept-changes`, or .*acceptChanges"
        ):
            tasks.provision(Context(), accept_changes=said)
    else:
        tasks.provision(Context(), accept_changes=said)
    assert bool(questions) is not asked
