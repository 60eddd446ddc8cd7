"""What a host says cannot steer the terminal of the person who asks it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from fabric.executor import Executor
from invoke.exceptions import Exit

from deploy.backup.restore import restore_media
from deploy.remote.errors import DeployError
from deploy.remote.plain_text import PlainWriter, plain
from deploy.remote.steps import Steps
from deploy.status import tables
from deploy.status.report import Line
from deploy.tasks.executor import TaskExecutor

TITLE = "\x1b]0;you are root\x07"
CLEAR = "\x1b[2J\x1b[Hall is well"
C1 = "\x9b31m"
TURNED = "\u202egnihtyna"
BACKSPACES = "failed\b\b\b\b\b\bdone"
OVERWRITTEN = "failed\rdone"
MARKED = "\u200fx\u061cy\u200e"
EVIL = [TITLE, CLEAR, C1, TURNED, BACKSPACES, OVERWRITTEN, MARKED]
STEERS = set("\x1b\x07\x9b\u202e\b\r\u200e\u200f\u061c")


@pytest.mark.parametrize("text", EVIL)
def test_nothing_that_steers_is_left_and_nothing_else_is_lost(text: str) -> None:
    shown = plain(f"þ {text}\n\tx")
    assert not set(shown) & STEERS
    assert shown.startswith("þ ")
    assert shown.endswith("\n\tx")


class Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


def test_a_stream_to_a_terminal_is_cleaned_piece_by_piece() -> None:
    terminal = Terminal()
    writer = PlainWriter(terminal)
    for piece in ("Þóra ".encode()[:1], "Þóra ".encode()[1:], b"\x1b", b"[2J", b"\xff\n"):
        writer.write(piece)
    assert terminal.getvalue().decode() == "Þóra \\x1b[2J\ufffd\n"


def test_a_stream_to_a_file_stays_as_it_is() -> None:
    file = io.BytesIO()
    PlainWriter(file).write(b"\x1b\xff")
    assert file.getvalue() == b"\x1b\xff"


@pytest.mark.parametrize("text", [*EVIL, "[/]", "[link=https://evil.example]x[/link]"])
def test_neither_a_report_nor_a_table_is_steered_or_breaks(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tables.show_report("host", [Line(name="release", value=text, warning=text)])
    tables.show_releases([{"release": text, "by": text, "revision": text}])
    shown = capsys.readouterr().out
    assert not set(shown) & STEERS
    if text.startswith("["):
        assert shown.count(text) >= 3


@pytest.mark.parametrize("text", EVIL)
def test_neither_a_step_nor_an_error_is(
    text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Steps("host").step(text) as outcome:
        outcome.note(text)
    assert not set(capsys.readouterr().err) & STEERS

    def fail(*_: Any) -> None:
        raise DeployError(text)

    monkeypatch.setattr(Executor, "execute", fail)
    with pytest.raises(Exit) as told:
        TaskExecutor.execute(object.__new__(TaskExecutor))
    assert not set(str(told.value)) & STEERS


def test_uploaded_files_are_never_unpacked_by_root(host: Any) -> None:
    """Whoever deploys can act as the site's user, whose folder it is: root would follow their links."""

    class Empty:
        def content(self, _member: str) -> io.BytesIO:
            return io.BytesIO()

    host.run = lambda command, **_: host.commands.append(command)
    restore_media(host, Empty(), "/srv/ekklesia/media-restored")  # type: ignore[arg-type]
    [script] = host.commands
    assert script.count("tar ") == script.count("runuser -u ekklesia -- tar --extract") == 1
    assert "chown" not in script
