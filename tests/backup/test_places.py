"""Whoever deploys cannot have the host prove who it is to a listener of their own."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from ekklesia_backup import configuration, offsite
from ekklesia_backup.errors import BackupError
from ekklesia_host.configuration import offsite as configure_offsite
from ekklesia_host.errors import HostError

from deploy.provision.backup_program import places_state
from deploy.remote import layout
from deploy.remote.stack_file import ROOT, Stack, load_stack

NAME = "20261130T010000Z-daily.tar"
PROVIDER = "//iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/linode/providers/backup"


@pytest.fixture(scope="module")
def production() -> Stack:
    return load_stack("prod", ROOT)


@pytest.fixture
def told(production: Stack) -> dict[str, str]:
    """What `pulumi up` sends."""
    assert production.copies
    fixed = {name: value for name, value in production.copies.items() if name != "pool"}
    return fixed | {"pool_provider": PROVIDER}


@pytest.fixture
def fixed(production: Stack, tmp_path: Path) -> Path:
    [operation] = places_state(production)
    (tmp_path / "places.json").write_text(operation.content)
    return tmp_path / "places.json"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "key.pem"
    command = [
        "openssl",
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
        "-out",
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


class Listener(HTTPServer):
    """The attacker's: keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Catcher)
        self.caught: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Catcher(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.caught.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_error(500)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def copy(folder: Path, told: dict[str, str], fixed: Path, key_file: Path) -> None:
    """What the unit of the copies does with settings that somebody wrote on the host."""
    (folder / NAME).write_bytes(b"encrypted")
    (folder / "offsite.json").write_text(json.dumps(told | {"key_file": str(key_file)}))
    place = configuration.load_offsite(str(folder / "offsite.json"), str(fixed))
    assert place
    offsite.copy_all(str(folder), [NAME], place)


@pytest.mark.parametrize("address", ["sts_url", "iam_credentials_url", "storage_url"])
def test_no_listener_gets_the_hosts_token(
    address: str, told: dict[str, str], fixed: Path, key_file: Path, listener: Listener, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match=f"copies go only where .* differ: {address}$"):
        copy(tmp_path, told | {address: listener.url}, fixed, key_file)
    assert listener.caught == []


def test_the_attack_is_real(
    told: dict[str, str], fixed: Path, key_file: Path, listener: Listener, tmp_path: Path
) -> None:
    """If the provisioner names the same listener, it gets a token that the host has signed."""
    evil = told | {"sts_url": listener.url}
    fixed.write_text(json.dumps(json.loads(fixed.read_text()) | {"sts_url": listener.url}))
    with pytest.raises(BackupError, match="token exchange: HTTP 500"):
        copy(tmp_path, evil, fixed, key_file)
    assert "subject_token=" in listener.caught[0]


WRONG = {
    "storage_url": "https://storage.googleapis.com.evil.example",
    "sts_url": "https://sts.googleapis.com@127.0.0.1:9",
    "iam_credentials_url": "http://iamcredentials.googleapis.com",
    "bucket": "somebody-elses-backups",
    "service_account": "other@ekklesia-prod-10-2025.iam.gserviceaccount.com",
    "issuer": "https://evil.example",
    "subject": "django",
    "pool_provider": PROVIDER.replace("providers/backup", "providers/django"),
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *WRONG.items(),
        ("sts_url", "https://sts.googleapis.com\n"),
        ("sts_url", "https://stsxgoogleapis.com"),
        ("pool_provider", PROVIDER.replace("1234", "１２")),  # noqa: RUF001 (digits, but not those)
        ("pool_provider", PROVIDER + "?"),
        ("pool_provider", "//evil.example/projects/1/" + PROVIDER),
    ],
)
def test_the_host_takes_only_the_places_that_were_provisioned(
    name: str,
    value: str,
    told: dict[str, str],
    fixed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The verb of the host's program, which the user who deploys asks by hand."""
    path = tmp_path / "offsite.json"
    settings = SimpleNamespace(
        offsite_settings=str(path), backup_key=layout.BACKUP_KEY, copy_places=str(fixed)
    )

    def ask(content: dict[str, str]) -> None:
        sent = SimpleNamespace(buffer=io.BytesIO(json.dumps(content).encode()))
        monkeypatch.setattr("sys.stdin", sent)
        configure_offsite(settings, {})

    with pytest.raises(HostError):
        ask(told | {name: value})
    assert not path.exists()
    ask(told)
    assert path.exists()


def test_each_setting_is_fixed(told: dict[str, str]) -> None:
    """One that is added has to be provisioned, too."""
    assert WRONG.keys() == told.keys() == set(configuration.Offsite._fields) - {"key_file"}


def test_a_host_that_was_not_told_copies_nowhere(
    told: dict[str, str], key_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match=r"where copies may go is not known .* run `fab provision`"):
        copy(tmp_path, told, tmp_path / "missing.json", key_file)


def test_a_stack_without_a_project_fixes_nothing_and_takes_an_older_list_away(production: Stack) -> None:
    [operation] = places_state(production.model_copy(update={"copies": None}))
    assert operation.plan(True) == [f"rm -f {layout.COPY_PLACES}"]
