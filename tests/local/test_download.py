"""A download arrives whole or not at all, continues where it broke off, and fails with one clear line."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.toolchain import download
from local.toolchain.download import Download, fetch
from local.toolchain.tool import ToolMissingError

from .file_server import FileServer, file_server

CONTENT = random.Random(1).randbytes(3_000_000)
HALF = len(CONTENT) // 2


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.01)
    with file_server(CONTENT) as serving:
        yield serving


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "emulator.jar"


def bring(server: FileServer, target: Path) -> list[str]:
    """Fetch the file; return what was said meanwhile."""
    said: list[str] = []
    digest = hashlib.sha256(CONTENT).hexdigest()
    fetch(Download(f"{server.url}/emulator.jar", len(CONTENT), digest, "name a mirror"), target, said.append)
    return said


def complaint(server: FileServer, target: Path) -> str:
    """The one line with which the download fails."""
    with pytest.raises(ToolMissingError) as failure:
        bring(server, target)
    assert not target.exists()
    assert len(str(failure.value).splitlines()) == 1
    return str(failure.value)


def test_it_arrives_and_nothing_is_left_beside_it(server: FileServer, target: Path) -> None:
    assert bring(server, target) == [f"fetching {server.url}/emulator.jar (3.0 MB)"]
    assert target.read_bytes() == CONTENT
    assert not list(target.parent.glob("*.part"))


def test_what_is_there_is_not_fetched(server: FileServer, target: Path) -> None:
    target.parent.mkdir()
    target.write_text("here")
    bring(server, target)
    assert server.asked == []


def test_it_tells_how_far_it_is_and_since_when(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SAY_SECONDS", 0.0)
    assert bring(server, target)[-1] == "3.0 of 3.0 MB after 0 s"


def test_a_cut_connection_goes_on_from_there(server: FileServer, target: Path) -> None:
    server.cuts_after = [HALF, 0, 1000]
    bring(server, target)
    assert target.read_bytes() == CONTENT
    wishes = [wish for _, wish in server.asked]
    assert wishes == ["", f"bytes={HALF}-", f"bytes={HALF}-", f"bytes={HALF + 1000}-"]


def test_a_connection_that_stays_cut_is_told_and_the_next_run_goes_on(
    server: FileServer, target: Path
) -> None:
    server.cuts_after = [HALF, 0, 0, 0]
    line = complaint(server, target)
    assert "broke off at 1.5 of 3.0 MB" in line
    assert line.endswith("run this again to go on from there")
    server.asked.clear()
    bring(server, target)
    assert server.asked == [("/emulator.jar", f"bytes={HALF}-")]
    assert target.read_bytes() == CONTENT


def test_a_server_that_ignores_ranges_is_read_from_the_start(server: FileServer, target: Path) -> None:
    server.knows_ranges = False
    server.cuts_after = [HALF]
    bring(server, target)
    assert target.read_bytes() == CONTENT


def test_a_server_that_ignores_ranges_and_always_breaks_off_is_given_up(
    server: FileServer, target: Path
) -> None:
    server.knows_ranges = False
    server.cuts_after = [HALF] * 10
    assert "broke off at 1.5 of 3.0 MB" in complaint(server, target)


@pytest.mark.parametrize("wrong", [CONTENT[:-1] + b"!", CONTENT + b"more", CONTENT * 3])
def test_a_wrong_file_is_removed_and_told(server: FileServer, target: Path, wrong: bytes) -> None:
    right, server.content = server.content, wrong
    line = complaint(server, target)
    assert f"{server.url}/emulator.jar gave a wrong file, which was removed" in line
    assert hashlib.sha256(CONTENT).hexdigest() in line
    assert line.endswith("name a mirror")
    server.content = right
    bring(server, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_file_that_is_too_short_is_given_up(
    server: FileServer, target: Path, *, knows_ranges: bool
) -> None:
    server.knows_ranges = knows_ranges
    server.content = CONTENT[:HALF]
    complaint(server, target)
    server.content = CONTENT
    bring(server, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(("status", "said"), [(404, "404 Not Found"), (503, "503 Service Unavailable")])
def test_a_refusal_is_told_with_the_address(server: FileServer, target: Path, status: int, said: str) -> None:
    server.status = status
    assert complaint(server, target) == f"{server.url}/emulator.jar answers {said}; name a mirror"


def test_a_refusal_keeps_what_is_there(server: FileServer, target: Path) -> None:
    target.parent.mkdir()
    target.with_name("emulator.jar.part").write_bytes(CONTENT[:HALF])
    server.status = 404
    complaint(server, target)
    server.status = 200
    server.asked.clear()
    bring(server, target)
    assert server.asked == [("/emulator.jar", f"bytes={HALF}-")]


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x", "no-address", "http://[/"])
def test_nobody_there_is_told_with_what_to_do(
    address: str, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.01)
    with pytest.raises(ToolMissingError) as failure:
        fetch(Download(address, 1, "", "name a mirror"), target, lambda _text: None)
    assert str(failure.value).startswith(f"{address} cannot be reached (")
    assert str(failure.value).endswith("); name a mirror")


def test_two_runs_fetch_it_once(server: FileServer, target: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _run: bring(server, target), range(3)))
    assert len(server.asked) == 1
    assert target.read_bytes() == CONTENT
