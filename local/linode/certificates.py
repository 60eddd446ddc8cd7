"""Makes the world's certificate authority, the host's certificate, and a bundle that verifies it.

In `.local/NAME/host/tls/`: `ca.pem`, `ca-key.pem`, `host.pem` (with its chain), `host-key.pem` and
`ca-bundle.pem`, the system's authorities plus this one, for all that call the host over HTTPS.
"""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.linode.machine import LinodeError

AUTHORITY_LIFE = timedelta(days=3650)
CERTIFICATE_LIFE = timedelta(days=90)
"""As long as Let's Encrypt's."""
RENEWAL_MARGIN = timedelta(days=30)
CLOCK_MARGIN = timedelta(hours=1)
FALLBACK_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def ensure_certificates(folder: Path, names: list[str]) -> None:
    """Make what is missing, and a new certificate if the names have changed or it is about to expire."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    if not (folder / "ca-key.pem").exists():
        _create_authority(folder)
    if not _is_current(folder / "host.pem", names):
        _issue(folder, names)
    authority = (folder / "ca.pem").read_text()
    (folder / "ca-bundle.pem").write_text(f"{system_bundle().read_text().rstrip()}\n{authority}")


def system_bundle() -> Path:
    """The file of the certificate authorities that this machine trusts."""
    found = ssl.get_default_verify_paths().cafile
    path = Path(found) if found else FALLBACK_BUNDLE
    if not path.exists():
        raise LinodeError(f"no bundle of certificate authorities at {path}; install `ca-certificates`")
    return path


def _create_authority(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ekklesia local world")])
    usage = _key_usage(signs_certificates=True)
    builder = _builder(name, name, key.public_key(), AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_key(folder / "ca-key.pem", key)


def _issue(folder: Path, names: list[str]) -> None:
    authority_key = serialization.load_pem_private_key((folder / "ca-key.pem").read_bytes(), password=None)
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)  # noqa: S101 (made above)  # nosec B101
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    builder = _builder(subject, authority.subject, key.public_key(), CERTIFICATE_LIFE)
    alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
    server_only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(server_only, critical=False).add_extension(alternatives, critical=False)
    certificate = builder.add_extension(issuer, critical=False).sign(authority_key, hashes.SHA256())
    chain = certificate.public_bytes(serialization.Encoding.PEM) + (folder / "ca.pem").read_bytes()
    _write_key(folder / "host-key.pem", key)
    (folder / "host.pem").write_bytes(chain)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - CLOCK_MARGIN).not_valid_after(now + life)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _is_current(path: Path, names: list[str]) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if {_general_name(name) for name in names} != set(held):
        return False
    return certificate.not_valid_after_utc - datetime.now(UTC) > RENEWAL_MARGIN


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
