"""Only what is committed is deployed, unless somebody allows otherwise."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deploy.release.revision import UNKNOWN, Revision, read_revision, require_committed, shortened
from deploy.remote.errors import DeployError

COMMITTED = (
    "linode/backend/manage.py",
    "linode/backend/tests/test_merge.py",
    "ansible-free-deploy/deploy/release/flow.py",
    "docs/runbook.md",
)
COMMIT = "4a949a6a754a7f7a86100d280a31f67864fc8b96"


def git(folder: Path, *arguments: str) -> str:
    author = ["-c", "user.name=Anna", "-c", "user.email=anna@example.is"]
    command = ["git", "-C", str(folder), *author, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository of this one's shape, in which everything is committed; git knows no other."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    folder = tmp_path / "clone"
    for name in COMMITTED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("committed\n")
    (folder / ".gitignore").write_text("*.pyc\n__pycache__/\n.local/\n*.secret\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "all of it")
    return folder


def write(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("not committed\n")


def test_what_is_committed_is_named_by_its_commit(clone: Path) -> None:
    revision = read_revision(clone)
    assert str(revision) == git(clone, "rev-parse", "HEAD")
    assert require_committed(revision, allow_dirty=False) == f"revision {revision}"


@pytest.mark.parametrize(
    "path",
    [
        "docs/runbook.md",
        "notes.txt",
        "linode/.hidden",
        "linode/backend/__pycache__/manage.cpython-311.pyc",
        "linode/backend/tests/new_test.py",
        pytest.param("linode/backend/tests/test_merge.py", id="a test, edited"),
    ],
)
def test_files_that_no_release_holds_do_not_matter(clone: Path, path: str) -> None:
    write(clone / path)
    assert read_revision(clone).uncommitted == ()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("linode/backend/manage.py", id="edited"),
        pytest.param("linode/backend/new file.py", id="new"),
        pytest.param("linode/backend/token.secret", id="ignored by git, but not by a release"),
        pytest.param("ansible-free-deploy/deploy/release/flow.py", id="what deploys it"),
        pytest.param("fabfile.py", id="what is asked to deploy it"),
    ],
)
def test_what_is_not_committed_is_named(clone: Path, path: str) -> None:
    write(clone / path)
    revision = read_revision(clone)
    assert revision.uncommitted == (path,)
    assert str(revision) == f"{git(clone, 'rev-parse', 'HEAD')}-dirty"
    with pytest.raises(DeployError) as refused:
        require_committed(revision, allow_dirty=False)
    assert refused.value.message == (
        f"not committed: {path}; commit it and deploy that, or nevertheless with --allow-dirty"
    )
    assert require_committed(revision, allow_dirty=True).endswith("-dirty")


def test_what_is_removed_or_only_staged_is_not_committed(clone: Path) -> None:
    (clone / "linode/backend/manage.py").unlink()
    write(clone / "linode/backend/staged.py")
    git(clone, "add", "linode/backend/staged.py")
    assert read_revision(clone).uncommitted == ("linode/backend/manage.py", "linode/backend/staged.py")


@pytest.mark.parametrize("suffix", ["", "-dirty"])
def test_people_read_a_short_one(suffix: str) -> None:
    assert shortened(COMMIT + suffix) == f"4a949a6a754a{suffix}"


def test_of_many_files_a_few_are_named() -> None:
    revision = Revision(COMMIT, tuple("abcde"))
    assert revision.refusal == "not committed: a, b, c and 2 more"


@pytest.mark.parametrize("state", ["no repository", "no commit", "no git"])
def test_a_folder_that_git_does_not_know_is_reported(
    clone: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """An unpacked archive, a repository just begun, a machine without git."""
    (clone / ".git").rename(clone / "history")
    if state == "no commit":
        git(clone, "init", "--quiet")
    if state == "no git":
        (clone / "history").rename(clone / ".git")
        monkeypatch.setenv("PATH", str(clone))
    revision = read_revision(clone)
    assert str(revision) == UNKNOWN
    with pytest.raises(DeployError, match=r"no git clone with a commit, .* nevertheless with --allow-dirty"):
        require_committed(revision, allow_dirty=False)
    assert require_committed(revision, allow_dirty=True) == "revision unknown"
