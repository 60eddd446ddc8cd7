"""The RSA key of a world's stand-in for accounts.google.com, in a file that only its user can read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from joserfc.jwk import RSAKey

from local.whole_file import PRIVATE_MODE, create_whole
from local.world import World

KEY_BITS = 2048


@lru_cache
def signing_key(world_state: Path) -> RSAKey:
    """The key in that folder, made at the first call. Its `kid` is the RFC 7638 thumbprint."""
    path = world_state / "google" / "signing_key.pem"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # If several services start at once, the first one's key stays.
        create_whole(path, RSAKey.generate_key(KEY_BITS).as_pem(private=True), PRIVATE_MODE)
    key = RSAKey.import_key(path.read_bytes(), {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key


def key_of(world: World) -> RSAKey:
    """The key of that world."""
    return signing_key(world.state)
