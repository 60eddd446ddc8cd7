"""The hashes that trigger deploys and name archives: an unchanged source tree is an empty diff.

The tree itself, and what is left out of it, is the deploys' `source_tree.py`; so a deploy that is triggered
here always finds something to deploy. Its errors stop the program with one line.
"""

from __future__ import annotations

from pathlib import Path

import pulumi

from deploy.release import source_tree
from deploy.remote.errors import DeployError


def source_files(folder: Path) -> list[Path]:
    """The files of a tree in the order of their relative paths. Raises RunError if it cannot be shipped."""
    try:
        return source_tree.source_files(folder)
    except DeployError as error:
        raise pulumi.RunError(error.message) from None


def content_hash(folder: Path) -> str:
    """SHA-256 (hex) over each file's path, executable bit and bytes. Raises RunError, as above."""
    try:
        return source_tree.content_hash(folder)
    except DeployError as error:
        raise pulumi.RunError(error.message) from None
