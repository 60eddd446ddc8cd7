"""Production's Python 3.6 for the host, where this machine has one: Debian no longer packages it.

pyenv's interpreter knows its own place by an absolute path, so the host sees it at that same place.
"""

from __future__ import annotations

from pathlib import Path

from local.toolchain import python36

LINK = "usr/local/bin/python3.6"


def interpreter_folder() -> Path | None:
    """The installation of a Python 3.6 built by pyenv, or None where there is none."""
    found = python36.find()
    if not found or "versions" not in Path(found).parts:
        return None
    return Path(found).parent.parent


def install_link(root: Path) -> None:
    """Make `python3.6` in the host lead to the interpreter, or take the link away where there is none."""
    link = root / LINK
    folder = interpreter_folder()
    link.unlink(missing_ok=True)
    if not folder:
        return
    link.symlink_to(folder / "bin" / "python3.6")
    for parent in reversed(folder.parents[:-1]):
        _make_passable(root / parent.relative_to("/"))


def _make_passable(folder: Path) -> None:
    """Let every user of the host pass through, though not look around in, a folder such as /root."""
    folder.mkdir(exist_ok=True)
    folder.chmod(folder.stat().st_mode | 0o011)
