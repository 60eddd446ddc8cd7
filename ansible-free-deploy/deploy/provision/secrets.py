"""The secrets that are made on the host: they never leave it, and nothing brings them in."""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from deploy.provision.operations import Operation, ensure
from deploy.provision.second_factor_keys import secret_line, wanted_key
from deploy.remote import layout
from deploy.remote.host import Host
from deploy.remote.verbs import ask

KEY_BITS = 3072


def host_secrets() -> list[Operation]:
    """Django's keys, the database's password, and the keys by which Google knows the host."""
    url = f"postgres://{layout.DATABASE}:$(openssl rand -hex 24)@127.0.0.1:5432/{layout.DATABASE}"
    return [
        secret_line("secret key of Django", "DJANGO_SECRET_KEY", "$(openssl rand -hex 32)"),
        secret_line("address of the database", "DATABASE_URL", url),
        wanted_key(),
        _key("key for nudges", layout.NUDGE_KEY, group=layout.APP_USER, mode="640"),
        _key("key for backups", layout.BACKUP_KEY, group="root", mode="600"),
    ]


def _key(title: str, path: str, *, group: str, mode: str) -> Operation:
    return ensure(title, f"openssl pkey -noout -in {path}", new_key(path, group=group, mode=mode))


def new_key(path: str, *, group: str, mode: str) -> str:
    """The shell commands that put a new key there."""
    return f"""umask 077
        new={path}.new
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{KEY_BITS} -out $new 2>/dev/null
        chown root:{group} $new
        chmod {mode} $new
        mv $new {path}"""


def public_keys(host: Host, key: str) -> str:
    """The public half of one of the keys (`nudge` or `backup`), as a JWKS."""
    return jwks(ask(host, "public-key", {"key": key}, what=f"the key for {key}s").stdout)


def jwks(pem: str) -> str:
    """A JWKS (RFC 7517) with one RSA key, whose `kid` is its thumbprint (RFC 7638)."""
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, RSAPublicKey)  # noqa: S101 (made above)  # nosec B101
    numbers = key.public_numbers()
    required = {"e": _integer(numbers.e), "kty": "RSA", "n": _integer(numbers.n)}
    canonical = json.dumps(required, sort_keys=True, separators=(",", ":"))
    kid = _base64url(hashlib.sha256(canonical.encode()).digest())
    return json.dumps({"keys": [required | {"alg": "RS256", "use": "sig", "kid": kid}]}, sort_keys=True)


def _integer(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
