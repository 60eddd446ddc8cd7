"""Gives the host production's Python 3.6 if this machine has one, since Debian no longer packages it.

pyenv's interpreter contains its absolute path, so the host sees it at the same path.
"""

from __future__ import annotations

from pathlib import Path

from local.toolchain import python36

LINK = "usr/local/bin/python3.6"


def interpreter_folder() -> Path | None:
    """The folder of a Python 3.6 that pyenv built, or None if there is none."""
    found = python36.find()
    if not found or "versions" not in Path(found).parts:
        return None
    return Path(found).parent.parent


def install_link(root: Path) -> None:
    """Link `python3.6` in the host to the interpreter, or remove the link if there is none."""
    link = root / LINK
    folder = interpreter_folder()
    link.unlink(missing_ok=True)
    if not folder:
        return
    link.symlink_to(folder / "bin" / "python3.6")
    for parent in reversed(folder.parents[:-1]):
        _make_passable(root / parent.relative_to("/"))


def _make_passable(folder: Path) -> None:
    """Let every user of the host pass through a folder such as /root, but not list it."""
    folder.mkdir(exist_ok=True)
    folder.chmod(folder.stat().st_mode | 0o011)
