"""Which commit holds what is deployed, so that others can look at what serves and build it again.

Only files that a release is made of, or that bring it to the host, are judged: an edited page of
documentation or an edited test is no reason to refuse. A file that git ignores but a release would hold
counts as not committed.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath

from deploy.release.archive import SOURCE
from deploy.release.source_tree import belongs, source_files
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import ROOT

JUDGED = (SOURCE.name, "ansible-free-deploy", "fabfile.py", "fabric.yaml")
UNKNOWN = "unknown"
DIRTY_SUFFIX = "-dirty"
"""As in `git describe --dirty`."""
SHORT_LENGTH = 12
SHOWN_FILES = 3
GIT_SECONDS = 60
OVERRIDE = "--allow-dirty"


@dataclass(frozen=True)
class Revision:
    """The commit that is checked out (empty if there is none), and which files differ from it."""

    commit: str
    uncommitted: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.commit:
            return UNKNOWN
        return f"{self.commit}{DIRTY_SUFFIX if self.uncommitted else ''}"

    @property
    def refusal(self) -> str:
        """Why it should not be deployed without a decision; empty if it is exactly a commit's content."""
        if not self.commit:
            return "this is no git clone with a commit, so nobody could tell later what serves"
        more = len(self.uncommitted) - SHOWN_FILES
        shown = ", ".join(self.uncommitted[:SHOWN_FILES]) + (f" and {more} more" if more > 0 else "")
        return f"not committed: {shown}" if shown else ""


def read_revision(root: Path = ROOT) -> Revision:
    """Ask git. If it does not know this folder, or is not installed, the commit is empty."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if commit is None:
        return Revision("")
    changed = _paths(_git(root, "diff", "--name-only", "--relative", "-z", "HEAD", "--", *JUDGED))
    tracked = _paths(_git(root, "ls-files", "-z", "--", *JUDGED))
    shipped = {path for path in changed if belongs(PurePosixPath(path))}
    return Revision(commit.strip(), tuple(sorted(shipped | (_judged_files(root) - tracked))))


def require_committed(revision: Revision, *, allow_dirty: bool) -> str:
    """What is deployed, in words. Raises DeployError if no commit holds it, unless that is allowed."""
    if revision.refusal and not allow_dirty:
        raise DeployError(f"{revision.refusal}; commit it and deploy that, or nevertheless with {OVERRIDE}")
    return f"revision {revision}"


def holds(commit: str, root: Path = ROOT) -> bool | None:
    """Whether what is checked out has this commit in its history; None if this clone does not know it."""
    if _git(root, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        return None
    return _git(root, "merge-base", "--is-ancestor", commit, "HEAD") is not None


def shortened(revision: str) -> str:
    """A revision as people read it: as many digits of the commit as are unique here."""
    commit, dash, dirty = revision.partition("-")
    return f"{commit[:SHORT_LENGTH]}{dash}{dirty}"


def _judged_files(root: Path) -> set[str]:
    judged = [root / name for name in JUDGED if (root / name).exists()]
    files = (source_files(path) if path.is_dir() else [path] for path in judged)
    return {path.relative_to(root).as_posix() for path in chain.from_iterable(files)}


def _paths(listed: str | None) -> set[str]:
    return set(filter(None, (listed or "").split("\0")))


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints; None if it fails or is not installed."""
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=GIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout
