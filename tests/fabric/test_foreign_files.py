"""The host's program sees what others' files change of sshd, nginx and the units."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ekklesia_host import foreign, programs
from ekklesia_host.checks import complaints
from ekklesia_host.errors import HostError

OURS = (
    "PermitRootLogin no\nPasswordAuthentication no\n# A remark.\nMatch User provision\n    MaxAuthTries 2\n"
)
EFFECTIVE = {"permitrootlogin": "no", "passwordauthentication": "no", "trustedusercakeys": "none"}


class Sshd:
    """What `sshd -T` prints; `extra`: keyword → value, of one user or all, unless our file is read alone."""

    def __init__(self) -> None:
        self.extra: dict[str, dict[str, str]] = {}

    def __call__(self, words: Sequence[str], _content: str = "") -> str:
        if words[0] != "sshd":
            return ""
        told = dict(EFFECTIVE)
        if "-f" not in words:
            user = next(word for word in words if word.startswith("user=")).split(",")[0]
            told |= self.extra.get(user, {}) | self.extra.get("all", {})
        return "".join(f"{keyword} {value}\n" for keyword, value in told.items())


@pytest.fixture
def sshd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sshd:
    """A host whose sshd has our file, and Debian's own."""
    folder = tmp_path / "sshd_config.d"
    folder.mkdir()
    (folder / "10-ekklesia.conf").write_text(OURS)
    (tmp_path / "sshd_config").write_text("#PasswordAuthentication yes\nX11Forwarding yes\n")
    monkeypatch.setattr(foreign, "SSHD", str(tmp_path / "sshd_config"))
    monkeypatch.setattr(foreign, "OWN_SSHD", str(folder / "10-ekklesia.conf"))
    asked = Sshd()
    monkeypatch.setattr(programs, "output", asked)
    return asked


@pytest.fixture
def settings(tmp_path: Path) -> SimpleNamespace:
    written = tmp_path / "written.json"
    written.write_text(json.dumps({str(tmp_path / "site"): {}}))
    return SimpleNamespace(
        deployer="manager",
        provisioner="provision",
        previous_site=str(tmp_path / "none"),
        written=str(written),
    )


def other(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sshd_config.d" / "00-other.conf"
    path.write_text(text)
    return path


def test_an_sshd_as_it_was_set_up_is_well(sshd: Sshd, settings: SimpleNamespace, tmp_path: Path) -> None:
    """A file whose lines come too late to count changes nothing."""
    other(tmp_path, "PasswordAuthentication yes\n")
    assert foreign.sshd(settings) == ""


def test_what_another_file_lets_in_is_told_with_its_place(
    sshd: Sshd, settings: SimpleNamespace, tmp_path: Path
) -> None:
    path = other(tmp_path, "PasswordAuthentication=yes\nTrustedUserCAKeys /root/ca\n")
    sshd.extra = {
        "user=provision": {"passwordauthentication": "yes"},
        "all": {"trustedusercakeys": "/root/ca"},
    }
    places = f" ({path})"
    everybody = f"manager, provision, root, anybody{places}"
    assert foreign.sshd(settings) == (
        f"passwordauthentication yes for provision{places}, trustedusercakeys /root/ca for {everybody}"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Match Address 192.0.2.0/24\n  PasswordAuthentication yes\n", True),
        ("Match Address 192.0.2.0/24\n  Banner none\n", False),
        ("Match Group x\n  Banner none\nMatch all\nPasswordAuthentication yes\n", False),
    ],
)
def test_a_match_cannot_be_tried_for_all_and_is_told(
    sshd: Sshd, settings: SimpleNamespace, tmp_path: Path, text: str, told: bool
) -> None:
    path = other(tmp_path, text)
    assert foreign.sshd(settings) == (f"a `Match` in {path}" if told else "")


class Loaded:
    """The files that nginx reads and those that are added to units, as both are asked."""

    def __init__(self, *read: Path) -> None:
        self.read = list(read)
        self.added: list[Path] = []

    def __call__(self, words: Sequence[str]) -> str:
        if words[0] == "systemctl":
            return " ".join(map(str, self.added))
        return "".join(f"# configuration file {path}:\nuser x;\n" for path in self.read)


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Ours by a link, Debian's own, and one by a link to Debian's."""
    for name in ("site", "debians"):
        (tmp_path / name).write_text("")
    (tmp_path / "enabled").symlink_to(tmp_path / "site")
    (tmp_path / "module").symlink_to(tmp_path / "debians")
    files = Loaded(*(tmp_path / name for name in ("enabled", "debians", "module")))
    monkeypatch.setattr(programs, "output", files)
    monkeypatch.setattr(foreign, "_brought_by_packages", lambda _: {str(tmp_path / "debians")})
    return files


def test_files_of_ours_and_of_debians_are_known(loaded: Loaded, settings: SimpleNamespace) -> None:
    assert foreign.files(settings) == ""


def test_a_file_that_nobody_set_up_is_told(loaded: Loaded, settings: SimpleNamespace, tmp_path: Path) -> None:
    loaded.read.append(tmp_path / "hack.conf")
    loaded.added.append(tmp_path / "override.conf")
    assert foreign.files(settings) == f"{tmp_path / 'hack.conf'}, {tmp_path / 'override.conf'}"


def test_what_a_previous_site_reads_is_its_own(
    loaded: Loaded, settings: SimpleNamespace, tmp_path: Path
) -> None:
    loaded.read.append(tmp_path / "by-hand.conf")
    (tmp_path / "previous").mkdir()
    (tmp_path / "previous" / "serves").touch()
    settings.previous_site = str(tmp_path / "previous")
    assert foreign.files(settings) == ""


def test_what_debian_brought_is_asked_of_dpkg() -> None:
    """On this machine, whichever it is that has dpkg."""
    if shutil.which("dpkg-query"):
        assert "/bin/sh" in foreign._brought_by_packages(["/bin/sh", "/nowhere"]) | {
            os.path.realpath("/bin/sh")
        }
    assert "/nowhere" not in foreign._brought_by_packages(["/nowhere"])


def test_a_check_that_cannot_be_made_hinders_no_other(
    sshd: Sshd, settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> str:
        raise HostError("sshd: not found")

    monkeypatch.setattr(programs, "output", fail)
    monkeypatch.setattr(programs, "complaint", lambda *_: "")
    for name in ("host_environment", "django_environment", "nudge_key", "backup_key"):
        setattr(settings, name, "/nowhere")
    told = complaints(settings)
    assert told["ssh"] == "sshd: not found"
    assert "No such file" in told["tables"]
    assert told["firewall"] == ""
