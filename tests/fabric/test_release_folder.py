"""Uploading releases and switching between them, on a host that is a folder."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from deploy.release import folders
from deploy.release.archive import Archive, make_archive
from deploy.remote import layout, verbs
from deploy.remote.errors import DeployError

FIRST = "0123456789ab-20261123T180000Z"
SECOND = "ba9876543210-20261124T180000Z"
REVISION = "4a949a6a754a7f7a86100d280a31f67864fc8b96-dirty"


@pytest.fixture
def archive(tree: Path) -> Archive:
    return make_archive(tree)


def test_an_upload_is_whole_and_named(host: Any, archive: Archive) -> None:
    folders.upload(host, archive, FIRST, REVISION)
    folder = Path(layout.RELEASES) / FIRST
    assert (folder / "RELEASE").read_text().strip() == FIRST
    assert folders.revisions(host) == {FIRST: REVISION}
    assert (folder / "backend" / "manage.py").read_text() == "print('managed')\n"
    assert os.access(folder / "backend" / "run.sh", os.X_OK)
    assert os.listdir(layout.RELEASES) == [FIRST]


def test_half_an_upload_never_becomes_a_release(host: Any, archive: Archive) -> None:
    half = dataclasses.replace(archive, content=archive.content[: len(archive.content) // 2])
    with pytest.raises(DeployError, match="the upload is damaged"):
        folders.upload(host, half, FIRST, REVISION)
    assert folders.names(host) == []


def test_the_next_deploy_removes_what_was_left(host: Any, archive: Archive) -> None:
    (Path(layout.RELEASES) / f".partial-{FIRST}").mkdir()
    folders.upload(host, archive, SECOND, REVISION)
    folders.remove_partial(host)
    assert os.listdir(layout.RELEASES) == [SECOND]


def test_releases_are_listed_as_they_came_whatever_their_clients_clocks_said(
    host: Any, archive: Archive
) -> None:
    for name in (SECOND, FIRST):
        folders.upload(host, archive, name, REVISION)
    (Path(layout.RELEASES) / "something else").mkdir()
    assert folders.names(host) == [SECOND, FIRST]


def test_the_same_content_twice_pushes_no_other_out() -> None:
    same = [f"0123456789ab-2026112{day}T180000Z" for day in range(6)]
    others = [f"{number:012x}-20261110T180000Z" for number in range(5)]
    assert folders.removable([*others, *same], {same[-1]}, count=5) == [others[0], *same[:-1]]


def test_a_switch_leads_to_the_other_release(host: Any, archive: Archive) -> None:
    assert folders.serving(host) is None
    for name in (FIRST, SECOND, FIRST):
        if name not in folders.names(host):
            folders.upload(host, archive, name, REVISION)
        folders.switch(host, name)
        assert folders.serving(host) == name


def test_a_switch_to_a_missing_release_is_refused(host: Any, archive: Archive) -> None:
    folders.upload(host, archive, FIRST, REVISION)
    folders.switch(host, FIRST)
    (Path(layout.RELEASES) / SECOND).mkdir()
    with pytest.raises(DeployError, match="no complete release"):
        folders.switch(host, SECOND)
    assert folders.serving(host) == FIRST


def test_bytecode_is_cleared(host: Any, archive: Archive) -> None:
    folders.upload(host, archive, FIRST, REVISION)
    cache = Path(layout.RELEASES) / FIRST / "backend" / "sub" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "old.pyc").touch()
    folders.clear_bytecode(host, FIRST)
    assert not cache.exists()
    assert cache.parent.exists()


def test_a_removed_release_is_gone(host: Any, archive: Archive) -> None:
    folders.upload(host, archive, FIRST, REVISION)
    folders.remove(host, FIRST)
    assert os.listdir(layout.RELEASES) == []


def test_what_only_root_can_remove_is_removed_by_root(
    host: Any, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (FIRST, SECOND):
        folders.upload(host, archive, name, REVISION)
    folders.switch(host, SECOND)
    monkeypatch.setattr(folders, "guarded", lambda _: "echo rm: Operation not permitted >&2; false")
    folders.remove(host, FIRST)
    assert folders.names(host) == [SECOND]
    with pytest.raises(DeployError, match=f"removal of {SECOND}: .*{SECOND} serves"):
        folders.remove(host, SECOND)
    assert folders.serving(host) == SECOND
    assert folders.names(host) == [SECOND]


def test_root_follows_no_link_out_of_the_releases(host: Any, tmp_path: Path) -> None:
    """The folder of releases belongs to the user who deploys, who can put links there."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (Path(layout.RELEASES) / FIRST).symlink_to(precious)
    (Path(layout.RELEASES) / f".partial-{FIRST}").mkdir()
    (Path(layout.RELEASES) / f".partial-{FIRST}" / "link").symlink_to(precious)
    verbs.ask(host, "remove-release", {"release": FIRST})
    assert list(Path(layout.RELEASES).iterdir()) == []
    assert (precious / "file").exists()
