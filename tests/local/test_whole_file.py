"""Writers at the same time, in one process or several, do not disturb each other."""

from __future__ import annotations

import multiprocessing
import re
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from local import whole_file
from local.world import ROOT

WRITERS = 3
TIMES = 30
LENGTH = 100_000
FILES_OF_A_FOLDER = 20


@pytest.fixture(scope="module", params=["threads", "processes"])
def writers(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """Workers that run at once: threads of this process, or processes."""
    apart = ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn"))
    with ThreadPoolExecutor(WRITERS) if request.param == "threads" else apart as pool:
        yield pool


def run_at_once(writers: Executor, work: Callable[[Path, int], None], path: Path) -> None:
    """Run the work in all writers; raise the first error of any."""
    for running in [writers.submit(work, path, number) for number in range(WRITERS)]:
        running.result(timeout=60)


def write_often(path: Path, number: int) -> None:
    for _ in range(TIMES):
        whole_file.write_whole(path, str(number) * LENGTH, whole_file.PRIVATE_MODE)


def create_often(folder: Path, number: int) -> None:
    for name in range(TIMES):
        path = folder / str(name)
        whole_file.create_whole(path, str(number))
        first = path.read_text()
        whole_file.create_whole(path, "late")
        assert path.read_text() == first


def make_folders(parent: Path, _number: int) -> None:
    for name in range(TIMES):
        with whole_file.whole_folder(parent / str(name)) as made:
            for file in range(FILES_OF_A_FOLDER):
                (made / "sub").mkdir(exist_ok=file > 0)
                (made / "sub" / str(file)).write_text("x")
        assert len(list((parent / str(name) / "sub").iterdir())) == FILES_OF_A_FOLDER


def half_a_file(path: Path) -> None:
    with whole_file.whole_file(path) as made:
        made.write_text("ne")
        raise ValueError("half way")


def half_a_folder(path: Path) -> None:
    with whole_file.whole_folder(path) as made:
        (made / "file").touch()
        raise ValueError("half way")


@contextmanager
def reading(path: Path) -> Iterator[set[str]]:
    """Read the file again and again during the block; collects all contents that were found."""
    found: set[str] = set()
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            if path.exists():
                found.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield found
    finally:
        ended.set()
        reader.join()


def test_a_file_is_whole_whoever_writes_it(writers: Executor, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with reading(path) as found:
        run_at_once(writers, write_often, path)
    assert found
    assert found <= {str(number) * LENGTH for number in range(WRITERS)}
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_of_those_who_create_a_file_the_first_one_stays(writers: Executor, tmp_path: Path) -> None:
    run_at_once(writers, create_often, tmp_path)
    assert len(list(tmp_path.iterdir())) == TIMES


def test_of_those_who_make_a_folder_the_first_one_stays(writers: Executor, tmp_path: Path) -> None:
    run_at_once(writers, make_folders, tmp_path)
    assert len(list(tmp_path.iterdir())) == TIMES


def test_a_failure_keeps_what_was_there_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    for half_way in (half_a_file, half_a_folder):
        with pytest.raises(ValueError, match="half way"):
            half_way(path)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    with whole_file.whole_file(tmp_path / "file", whole_file.PRIVATE_MODE) as made:
        assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_a_folder_that_cannot_take_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "name").write_text("a file")
    with pytest.raises(OSError, match="Not a directory"), whole_file.whole_folder(tmp_path / "name"):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["name"]


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / ("a-name-longer-than-what-a-temporary-one-keeps" * 2)
    path.mkdir()
    left = whole_file.scratch_folder(path)
    (left.__enter__() / "sub").mkdir()
    whole_file.remove_leftovers(path)
    assert list(tmp_path.iterdir()) == [path]


def test_the_longest_names_have_temporary_ones(tmp_path: Path) -> None:
    path = tmp_path / ("ð" * 127)
    whole_file.write_whole(path, "x")
    assert path.read_text() == "x"


def test_nobody_else_makes_up_temporary_names() -> None:
    made_up = re.compile(r"\.partial|os\.getpid\(\)\}|mkdtemp|mkstemp|NamedTemporaryFile")
    own = Path(whole_file.__file__)
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "local").rglob("*.py"))
        if "node_modules" not in path.parts and path != own
        for line in path.read_text().splitlines()
        if made_up.search(line)
    ]
    assert found == []
