"""The key pair of a world's backups. The host learns the public half; the private one stays in the world's
folder, as production's stays with a person."""

from __future__ import annotations

from pathlib import Path

from pyrage import x25519

from local import world
from local.private_file import create_private

FILE = "backup-identity.txt"


def recipient(name: str) -> str:
    """The public half (`age1…`) of the key of the world of that name, which is made where it is missing."""
    path = identity_file(name)
    if not path.exists():
        create_private(path, f"{x25519.Identity.generate()}\n")
    return str(x25519.Identity.from_str(path.read_text().strip()).to_public())


def identity_file(name: str) -> Path:
    """The private half, in the form of age-keygen."""
    return world.LOCAL / name / FILE
