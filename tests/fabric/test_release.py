from __future__ import annotations

import io
import re
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.release.archive import make_archive
from deploy.release.folders import removable
from deploy.release.name import check_name, tree_hash_of
from deploy.remote.errors import DeployError


def test_the_same_tree_gives_the_same_bytes(tree: Path) -> None:
    first = make_archive(tree)
    (tree / "backend" / "manage.py").touch()
    assert make_archive(tree) == first


@pytest.mark.parametrize("change", ["content", "name", "mode", "new file"])
def test_any_change_gives_another_hash(tree: Path, change: str) -> None:
    before = make_archive(tree).tree_hash
    script = tree / "backend" / "manage.py"
    match change:
        case "content":
            script.write_text("print('changed')\n")
        case "name":
            script.rename(script.with_name("run.py"))
        case "mode":
            script.chmod(0o755)
        case "new file":
            (tree / "backend" / "new.py").touch()
    assert make_archive(tree).tree_hash != before


def test_an_edited_test_is_the_same_release(tree: Path) -> None:
    before = make_archive(tree)
    for folder in ("backend/sync/tests", "backend/sync/tests/in_memory"):
        (tree / folder).mkdir(parents=True)
        (tree / folder / "test_merge.py").write_text("assert True\n")
    assert make_archive(tree) == before


def test_caches_and_hidden_files_are_left_out(tree: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(make_archive(tree).content)) as archive:
        members = {member.name: member.mode for member in archive.getmembers()}
    assert members == {"backend/manage.py": 0o644, "backend/run.sh": 0o755}


def test_a_symbolic_link_is_refused(tree: Path) -> None:
    (tree / "backend" / "link.py").symlink_to("/etc/passwd")
    with pytest.raises(DeployError, match=r"link\.py is a symbolic link"):
        make_archive(tree)


def test_a_release_is_named_by_content_and_time(tree: Path) -> None:
    archive = make_archive(tree)
    name = archive.release_name(datetime(2026, 11, 23, 18, 0, 5, tzinfo=UTC))
    assert re.fullmatch(r"[0-9a-f]{12}-20261123T180005Z", name)
    assert check_name(name) == name
    assert tree_hash_of(name) == archive.tree_hash


@pytest.mark.parametrize(
    "name",
    ["", "latest", "../../etc", "0123456789ab-20261123T180005Z; reboot", "0123456789ab-20261123T180005Z\n"],
)
def test_a_wrong_name_is_refused(name: str) -> None:
    with pytest.raises(DeployError, match="no name of a release"):
        check_name(name)


def test_pruning_keeps_the_serving_and_the_one_before() -> None:
    names = [f"r{number}" for number in range(8)]
    assert removable(names, {"r0", "r2"}, count=3) == ["r1", "r3", "r4"]
    assert removable(names[:2], {None}, count=3) == []
