"""A certificate that a person brings (`certificate: files`): judged here, and put where nginx reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import DNSName, IPAddress, SubjectAlternativeName

from deploy.provision.apply import apply
from deploy.provision.certificate import CHAIN, KEY
from deploy.provision.nginx import LOAD
from deploy.provision.operations import Operation, file, together
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.login import Role, connected
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps


def put(stack: Stack, chain: Path, key: Path, steps: Steps) -> bool:
    """Put both on the host, and have nginx use them; whether they are others than before."""
    if stack.linode.certificate == "acme":
        raise DeployError("this host gets its certificate by ACME (`certificate: acme`); `fab provision`")
    texts = (_read(chain), _read(key))
    with steps.step("check") as outcome:
        outcome.note(judge(*texts, stack.linode, datetime.now(UTC)))
    with connected(stack, Role.PROVISION) as host:
        return apply(host, wanted_state(*texts), steps)


def wanted_state(chain: str, key: str) -> Operation:
    """Both files are these. If nginx does not take them, the old ones are put back."""
    return together("certificate", [file(CHAIN, chain), file(KEY, key, mode="600")], then=LOAD)


def judge(chain: str, key: str, settings: LinodeSettings, now: datetime) -> str:
    """Until when it is valid, in words.

    Raises DeployError if the two do not belong together, if it is not valid now, or if it lacks a domain.
    """
    try:
        leaf, *_ = x509.load_pem_x509_certificates(chain.encode())
        private = serialization.load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError) as error:
        raise DeployError(
            "both files are PEM: the chain with the site's own first, a key without a passphrase"
        ) from error
    if leaf.public_key() != private.public_key():
        raise DeployError("the key is another certificate's: the chain begins with the site's own")
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        valid = f"{leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
        raise DeployError(f"the certificate is not valid now, but from {valid}")
    if missing := [name for name in settings.domains if not _covers(leaf, name)]:
        raise DeployError(f"the certificate is not for {', '.join(missing)}")
    return f"valid until {leaf.not_valid_after_utc:%Y-%m-%d}"


def _covers(leaf: x509.Certificate, name: str) -> bool:
    try:
        names = leaf.extensions.get_extension_for_class(SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    present = {*names.get_values_for_type(DNSName), *map(str, names.get_values_for_type(IPAddress))}
    return name in present or f"*.{name.partition('.')[2]}" in present


def _read(path: Path) -> str:
    try:
        return path.expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise DeployError(f"{path}: {getattr(error, 'strerror', None) or 'is no text'}") from error
