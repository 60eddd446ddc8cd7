"""The private key that opens backups. It belongs to a person and stays on that person's machine."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import pyrage
from pyrage import passphrase, x25519

from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Stack

BEGINNING = "AGE-SECRET-KEY-1"
ENCRYPTED = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")

Identities = list[x25519.Identity]


def load(stack: Stack, file: str | None) -> Identities:
    """The keys in a file as `age-keygen` writes it, or as `age --passphrase` has encrypted it.

    Without a file, those of the stack's world. Raises DeployError, with nothing of the content in its text.
    """
    path = Path(file).expanduser() if file else stack.identity
    if path is None:
        raise DeployError("`--identity FILE` is needed: the offline key, without which no backup opens")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeployError(f"{path}: {error.strerror}") from error
    if content.startswith(ENCRYPTED):
        content = _opened(path, content)
    lines = [line.strip() for line in content.decode(errors="replace").splitlines()]
    try:
        identities = [x25519.Identity.from_str(line) for line in lines if line.startswith(BEGINNING)]
    except pyrage.IdentityError:
        identities = []
    if not identities:
        raise DeployError(f"{path}: no private key of age ({BEGINNING}…) stands there")
    return identities


def _opened(path: Path, content: bytes) -> bytes:
    if not sys.stdin.isatty():
        raise DeployError(f"{path} has a passphrase, and there is no terminal to ask for it on")
    try:
        return passphrase.decrypt(content, getpass.getpass(f"Passphrase of {path}: "))
    except pyrage.DecryptError as error:
        raise DeployError(f"{path}: this passphrase does not open it") from error
