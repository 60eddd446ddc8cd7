"""A new certificate is asked for only if the present one is not as the settings want."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.provision import certificate
from deploy.remote.linode_settings import LETS_ENCRYPT, LinodeSettings
from tests.fabric.conftest import SETTINGS

OTHER_AUTHORITY = "https://acme.example/directory"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what certbot keeps."""
    monkeypatch.setattr(certificate, "LIVE", str(tmp_path))
    monkeypatch.setattr(certificate, "RENEWAL", str(tmp_path / "renewal.conf"))
    return tmp_path


def is_asked_for(host: Any, names: list[str], directory: str) -> bool:
    wanted = {"certificate": "acme", "domains": names, "acme": {"directory": directory}}
    operations = certificate.acme_state(LinodeSettings.model_validate(SETTINGS | wanted))
    [asking] = [each for each in operations if each.title == "certificate by ACME"]
    return asking.plan(asking.fact.read(host.run(asking.fact.command).stdout)) != []


@pytest.mark.parametrize(
    ("names", "directory", "asked"),
    [
        pytest.param(["a.is", "b.is"], LETS_ENCRYPT, False, id="as wanted"),
        pytest.param(["b.is", "a.is"], LETS_ENCRYPT, False, id="in another order"),
        pytest.param(["a.is", "b.is", "c.is"], LETS_ENCRYPT, True, id="one name more"),
        pytest.param(["a.is"], LETS_ENCRYPT, True, id="one name less"),
        pytest.param(["a.is", "c.is"], LETS_ENCRYPT, True, id="another name"),
        pytest.param(["a.is", "b.is"], OTHER_AUTHORITY, True, id="from another authority"),
    ],
)
def test_the_present_certificate_is_compared_with_the_wanted_one(
    host: Any, kept: Path, names: list[str], directory: str, asked: bool
) -> None:
    (kept / "renewal.conf").write_text(f"account = 1\nserver = {LETS_ENCRYPT}\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    held = ["-subj", "/CN=a.is", "-addext", "subjectAltName=DNS:a.is,DNS:b.is"]
    files = ["-keyout", str(kept / "privkey.pem"), "-out", str(kept / "fullchain.pem")]
    subprocess.run(["openssl", "req", "-x509", *key, *held, *files], capture_output=True, check=True)
    assert is_asked_for(host, names, directory) is asked


@pytest.mark.parametrize(("days", "asked"), [(30, False), (3, True)])
def test_one_that_ends_soon_is_asked_for_again(host: Any, kept: Path, days: int, asked: bool) -> None:
    (kept / "renewal.conf").write_text(f"server = {LETS_ENCRYPT}\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days)]
    files = ["-keyout", str(kept / "privkey.pem"), "-out", str(kept / "fullchain.pem")]
    held = ["-subj", "/CN=a.is", "-addext", "subjectAltName=DNS:a.is"]
    subprocess.run(["openssl", "req", "-x509", *key, *held, *files], capture_output=True, check=True)
    assert is_asked_for(host, ["a.is"], LETS_ENCRYPT) is asked


def test_a_missing_certificate_is_asked_for(host: Any, kept: Path) -> None:
    assert list(kept.glob("*.pem")) == []
    assert is_asked_for(host, ["a.is"], LETS_ENCRYPT)
