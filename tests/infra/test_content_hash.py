from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pulumi
import pytest

from deploy.release.archive import make_archive
from infra.content_hash import content_hash, source_files
from tools.program_run import ROOT, Program

BODY_LIMITS = "linode/backend/ekklesia/body_limits.json"
"""Django's file, from which provisioning has nginx's limits."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "functions"
    (folder / "sync").mkdir(parents=True)
    (folder / "main.py").write_text("import sync\n")
    (folder / "sync" / "merge.py").write_text("þ = 1\n")
    return folder


def test_the_same_tree_has_the_same_hash_whenever_and_in_whatever_order_it_was_written(
    tree: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "functions"
    (copy / "sync").mkdir(parents=True)
    (copy / "sync" / "merge.py").write_text("þ = 1\n")
    (copy / "main.py").write_text("import sync\n")
    os.utime(copy / "main.py", (0, 0))
    assert content_hash(copy) == content_hash(tree)


@pytest.mark.parametrize(
    "litter",
    [
        "__pycache__/main.cpython-311.pyc",
        "sync/__pycache__/x.pyc",
        ".env",
        ".git/HEAD",
        "node_modules/a/b.js",
        "tests/test_main.py",
        "sync/tests/in_memory/tables.py",
    ],
)
def test_caches_hidden_files_and_tests_are_no_part_of_a_tree(tree: Path, litter: str) -> None:
    before = content_hash(tree)
    path = tree / litter
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("litter")
    assert content_hash(tree) == before
    assert path not in source_files(tree)


def test_content_name_place_and_executable_bit_count(tree: Path) -> None:
    hashes = {content_hash(tree)}
    (tree / "main.py").write_text("import  sync\n")
    hashes.add(content_hash(tree))
    (tree / "main.py").rename(tree / "Main.py")
    hashes.add(content_hash(tree))
    (tree / "Main.py").rename(tree / "sync" / "Main.py")
    hashes.add(content_hash(tree))
    (tree / "sync" / "Main.py").chmod(0o755)
    hashes.add(content_hash(tree))
    assert len(hashes) == 5


def test_a_symbolic_link_is_refused(tree: Path) -> None:
    (tree / "link.py").symlink_to("/etc/hostname")
    with pytest.raises(pulumi.RunError, match="symbolic link"):
        source_files(tree)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match="not a folder"):
        content_hash(tmp_path / "gone")


def test_the_archive_is_named_by_what_it_holds(production: Program) -> None:
    [archive] = production.of_type("bucketObject:BucketObject")
    assert archive.inputs["name"] == f"functions-{content_hash(ROOT / 'functions')[:16]}.zip"
    held = set(archive.inputs["source"].assets)
    assert "main.py" in held
    assert held == {
        path.relative_to(ROOT / "functions").as_posix() for path in source_files(ROOT / "functions")
    }


@pytest.mark.parametrize(
    ("command", "sources"),
    [
        ("host-deploy", ["linode"]),
        ("host-provision", ["ansible-free-deploy", "linode/host", BODY_LIMITS]),
        ("portal-release", ["portal"]),
    ],
)
def test_a_deploy_is_triggered_by_the_content_it_deploys(
    production: Program, command: str, sources: list[str]
) -> None:
    declared = production.get("command:local:Command", command)
    hashes = [content_hash(ROOT / source) for source in sources if source != BODY_LIMITS]
    hashes += [
        sha256((ROOT / source).read_bytes()).hexdigest() for source in sources if source == BODY_LIMITS
    ]
    assert declared.inputs["triggers"] == hashes


def test_a_release_is_named_by_the_hash_that_triggers_its_deploy(production: Program) -> None:
    [trigger] = production.get("command:local:Command", "host-deploy").inputs["triggers"]
    assert trigger.startswith(make_archive().tree_hash)


def test_another_runtime_is_another_deploy(of_a_world: Program) -> None:
    declared = of_a_world.get("command:local:Command", "host-deploy")
    assert declared.inputs["triggers"] == [content_hash(ROOT / "linode"), "current"]
