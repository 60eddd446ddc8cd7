"""The Python and the libraries of a release: the host decides, unless the stack says otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.release import environment
from deploy.release.environment import (
    COMPLETE,
    CONTENTS,
    Environment,
    is_as_wanted,
    link_what_there_is,
    wanted,
)
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import PreviousSite

RELEASE = "0123456789ab-20261123T180000Z"


@pytest.fixture
def folder(host: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release on a host with Python 3.6 and a newer one."""
    programs = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    put_python(programs, "python3.6", "3 6")
    put_python(programs, "python3", "3 11")
    release = Path(layout.RELEASES) / RELEASE
    for name in ("legacy", "current"):
        path = release / "requirements" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return release


def put_python(programs: Path, name: str, version: str) -> None:
    script = programs / name
    script.write_text(f"#!/bin/sh\necho {version}\n")
    script.chmod(0o755)


def put_environment(path: str) -> Path:
    """An environment that was made to its end, with its checksum."""
    folder = Path(path)
    (folder / "bin").mkdir(parents=True)
    put_python(folder / "bin", "python", "")
    (folder / "lib").mkdir()
    (folder / "lib" / "django.py").write_text("django")
    subprocess.run(["sh", "-c", f"{CONTENTS} > {COMPLETE}"], cwd=folder, check=True)
    return folder


def harm_nothing(_: Path) -> None:
    pass


def lose_a_file(folder: Path) -> None:
    (folder / "lib" / "django.py").unlink()


def cut_a_file(folder: Path) -> None:
    (folder / "lib" / "django.py").write_text("dja")


def lose_everything(folder: Path) -> None:
    shutil.rmtree(folder)


def break_its_python(folder: Path) -> None:
    """The host's Python was upgraded, so the link in the environment leads nowhere."""
    (folder / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    subprocess.run(["sh", "-c", f"{CONTENTS} > {COMPLETE}"], cwd=folder, check=True)


@pytest.mark.parametrize("harm", [harm_nothing, lose_a_file, cut_a_file, lose_everything, break_its_python])
def test_an_environment_that_is_marked_as_complete_but_broken_is_made_again(
    host: Any, folder: Path, harm: Callable[[Path], None]
) -> None:
    """In another place while something serves from it: that would lose what it still has."""
    made = put_environment(asked(host, folder, None).folder)
    (folder / "environment").symlink_to(made)
    Path(layout.CURRENT).symlink_to(folder)
    harm(made)
    whole = harm is harm_nothing
    assert is_as_wanted(host, str(folder)) is whole
    assert environment._is_whole(host, str(made)) is whole
    found, _ = environment._first_whole(host, wanted(host, str(folder)))
    place = found.folder
    assert place == (str(made) if whole else str(made) + environment.SECOND)


def choose(host: Any, runtime: str | None) -> None:
    linode = host.stack.linode.model_copy(update={"runtime": runtime})
    host.stack = host.stack.model_copy(update={"linode": linode})


def asked(host: Any, folder: Path, runtime: str | None) -> Environment:
    choose(host, runtime)
    return wanted(host, str(folder))


def test_the_newest_runtime_is_taken_unless_the_stack_asks_for_the_old_one(host: Any, folder: Path) -> None:
    current = asked(host, folder, None)
    assert asked(host, folder, "current") == current
    legacy = asked(host, folder, "legacy")
    assert (current.interpreter, Path(current.requirements).name) == ("python3", "current.txt")
    assert (legacy.interpreter, Path(legacy.requirements).name) == ("python3.6", "legacy.txt")
    assert Path(current.folder).name.startswith("python3.11-")
    assert Path(legacy.folder).name.startswith("python3.6-")


def test_a_host_on_the_old_runtime_keeps_it_until_the_stack_says_otherwise(host: Any, folder: Path) -> None:
    legacy, current = asked(host, folder, "legacy"), asked(host, folder, "current")
    Path(layout.CURRENT).mkdir()
    serving = Path(layout.CURRENT) / "environment"
    serving.symlink_to(legacy.folder)
    assert asked(host, folder, None) == legacy
    assert asked(host, folder, "current") == current
    serving.unlink()
    serving.symlink_to(current.folder)
    assert asked(host, folder, None) == current


def test_a_host_with_a_previous_site_begins_on_the_old_runtime(host: Any, folder: Path) -> None:
    previous = PreviousSite(database="felagatal")
    host.stack = host.stack.model_copy(
        update={"linode": host.stack.linode.model_copy(update={"previous_site": previous})}
    )
    assert asked(host, folder, None).interpreter == "python3.6"


def test_a_python_that_is_too_old_or_missing_is_told(
    host: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    old = tmp_path_factory.mktemp("old")
    put_python(old, "python3", "3 10")
    monkeypatch.setenv("PATH", f"{old}:/usr/bin:/bin")
    with pytest.raises(DeployError, match=r"python3 is 3\.10; the newest runtime needs 3\.11"):
        asked(host, folder, "current")
    with pytest.raises(DeployError, match=r"the legacy runtime is wanted, and the host has no python3\.6"):
        asked(host, folder, "legacy")


def test_another_runtime_or_other_requirements_are_something_to_deploy(host: Any, folder: Path) -> None:
    assert not is_as_wanted(host, str(folder))
    (folder / "environment").symlink_to(put_environment(asked(host, folder, None).folder))
    assert is_as_wanted(host, str(folder))
    choose(host, "legacy")
    assert not is_as_wanted(host, str(folder))
    choose(host, None)
    (folder / "requirements" / "current.txt").write_text("other")
    assert not is_as_wanted(host, str(folder))


def test_a_dry_run_makes_do_with_what_there_is_and_says_so(host: Any, folder: Path, tmp_path: Path) -> None:
    assert link_what_there_is(host, str(folder)) is None
    Path(layout.CURRENT).mkdir()
    (Path(layout.CURRENT) / "environment").symlink_to(tmp_path / "serving")
    assert link_what_there_is(host, str(folder)) == "as far as the libraries that serve now can tell"
    assert (folder / "environment").readlink() == tmp_path / "serving"
    best = put_environment(asked(host, folder, None).folder)
    assert link_what_there_is(host, str(folder)) == ""
    assert (folder / "environment").readlink() == best
