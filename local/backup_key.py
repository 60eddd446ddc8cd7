"""The key pair of a world's backups.

The host gets the public half. The private half stays in the world's folder; production's stays with a person.
"""

from __future__ import annotations

from pathlib import Path

from pyrage import x25519

from local import world
from local.private_file import create_private

FILE = "backup-identity.txt"


def recipient(name: str) -> str:
    """The public half (`age1…`) of the key of the world of that name. The key is made if there is none."""
    path = identity_file(name)
    if not path.exists():
        create_private(path, f"{x25519.Identity.generate()}\n")
    return str(x25519.Identity.from_str(path.read_text().strip()).to_public())


def identity_file(name: str) -> Path:
    """The file of the private half, in the format of age-keygen."""
    return world.LOCAL / name / FILE
