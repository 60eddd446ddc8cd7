"""A certificate that a person brings is judged before it takes the old one's place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.provision.certificate_files import judge, put
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

NOW = datetime(2026, 11, 30, tzinfo=UTC)
NAMES = ("198.51.100.2", "starf.ekklesia.test")


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate_of(key: ec.EllipticCurvePrivateKey, *names: str, days: int = 30) -> str:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(NOW - timedelta(days=60)).not_valid_after(NOW + timedelta(days=days))
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def pem(key: ec.EllipticCurvePrivateKey, password: bytes = b"") -> str:
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, how).decode()


def test_one_for_every_domain_is_taken(settings: LinodeSettings) -> None:
    key = new_key()
    assert judge(certificate_of(key, *NAMES), pem(key), settings, NOW) == "valid until 2026-12-30"
    assert judge(certificate_of(key, NAMES[0], "*.ekklesia.test"), pem(key), settings, NOW)


@pytest.mark.parametrize(
    ("names", "days", "says"),
    [
        (NAMES[:1], 30, "is not for starf.ekklesia.test"),
        ((), 30, "is not for 198.51.100.2, starf.ekklesia.test"),
        (NAMES, -1, "is not valid now, but from 2026-10-01 to 2026-11-29"),
    ],
)
def test_one_that_browsers_would_refuse_is_refused(
    settings: LinodeSettings, names: tuple[str, ...], days: int, says: str
) -> None:
    key = new_key()
    with pytest.raises(DeployError, match=says):
        judge(certificate_of(key, *names, days=days), pem(key), settings, NOW)


def test_another_key_one_with_a_passphrase_and_no_pem_are_refused(settings: LinodeSettings) -> None:
    key = new_key()
    chain = certificate_of(key, *NAMES)
    with pytest.raises(DeployError, match="another certificate's"):
        judge(chain, pem(new_key()), settings, NOW)
    for bad in ((chain, pem(key, b"secret")), (chain, "no key"), ("no chain", pem(key)), ("", pem(key))):
        with pytest.raises(DeployError, match="both files are PEM"):
            judge(*bad, settings, NOW)


def test_a_host_with_acme_and_a_file_that_is_not_there_are_refused(
    settings: LinodeSettings, tmp_path: Path
) -> None:
    stack = Stack(name="test", linode=settings.model_copy(update={"certificate": "acme"}))
    with pytest.raises(DeployError, match="by ACME"):
        put(stack, tmp_path / "chain", tmp_path / "key", Steps("test"))
    with pytest.raises(DeployError, match="No such file"):
        put(Stack(name="test", linode=settings), tmp_path / "chain", tmp_path / "key", Steps("test"))
