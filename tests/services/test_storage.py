"""The host's backup program copies to a bucket: over HTTP, with the identity and the rights it is given."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ekklesia_backup import federation, offsite
from ekklesia_backup.archive import sha256_of
from ekklesia_backup.configuration import Offsite
from ekklesia_backup.errors import BackupError

from deploy.provision.secrets import jwks
from local.google.workload_identity import POOLS, PROVIDERS
from local.services import iam
from local.services.buckets import BUCKETS, bucket_folder, object_path
from local.world import World
from tests.services import roles
from tests.services.declarations import PROJECT, Declarations

pytestmark = pytest.mark.usefixtures("googleapis")
BUCKET = f"{PROJECT}-backups"
NUMBERED = "projects/123456789012/locations/global/workloadIdentityPools/linode"
POOL = f"projects/{PROJECT}/locations/global/workloadIdentityPools/linode"
MEMBER = f"principal://iam.googleapis.com/{NUMBERED}/subject/backup"
ISSUER = "https://starf.ekklesia.test"
CREATOR = "roles/storage.objectCreator"
NAMES = ["20261122T023000Z-daily.tar", "20261123T023000Z-daily.tar"]


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key that only root can read on the host."""
    path = tmp_path_factory.mktemp("key") / "backup-key.pem"
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


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """A folder with two backups."""
    for name in NAMES:
        (tmp_path / name).write_bytes(name.encode() * 1000)
        (tmp_path / f"{name}.sha256").write_text(f"{sha256_of(str(tmp_path / name))}  {name}\n")
    return tmp_path


@pytest.fixture
def bucket(declared: Declarations, key_file: Path) -> Iterator[Declarations]:
    """What `infra/backup_bucket.py` declares."""
    command = ["openssl", "rsa", "-in", str(key_file), "-pubout"]
    pem = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    provider = {
        "attributeMapping": {"google.subject": "assertion.sub"},
        "attributeCondition": "assertion.sub == 'backup'",
        "oidc": {"issuerUri": ISSUER, "jwksJson": jwks(pem)},
    }
    account = declared.account("host-backup")
    declared.record(POOLS, POOL, {})
    declared.record(PROVIDERS, f"{POOL}/providers/backup", provider)
    declared.record(BUCKETS, f"b/{BUCKET}", {"name": BUCKET})
    declared.grant(MEMBER, roles.WORKLOAD_IDENTITY_USER, iam.service_account_name(account))
    declared.grant(f"serviceAccount:{account}", CREATOR, iam.bucket_target(PROJECT, BUCKET))
    folder = bucket_folder(declared.world, BUCKET)
    folder.mkdir(parents=True)
    yield declared
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.fixture
def place(running_world: World, key_file: Path) -> Offsite:
    """What `fab configure` writes on the host."""
    base = running_world.url("googleapis")
    return Offsite(
        bucket=BUCKET,
        storage_url=f"{base}/storage",
        sts_url=f"{base}/sts",
        iam_credentials_url=f"{base}/iamcredentials",
        pool_provider=f"//iam.googleapis.com/{NUMBERED}/providers/backup",
        service_account=f"host-backup@{PROJECT}.iam.gserviceaccount.com",
        issuer=ISSUER,
        subject="backup",
        key_file=str(key_file),
    )


def in_bucket(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in bucket_folder(world, BUCKET).iterdir()}


@pytest.mark.usefixtures("bucket")
def test_what_is_not_copied_yet_is_copied_once(archives: Path, place: Offsite, running_world: World) -> None:
    assert offsite.copy_all(str(archives), NAMES, place) == NAMES[::-1]
    assert in_bucket(running_world) == {name: (archives / name).read_bytes() for name in NAMES}
    assert all(offsite.is_copied(str(archives), name) for name in NAMES)
    assert offsite.copy_all(str(archives), NAMES, place) == []
    assert offsite.last_error(str(archives)) == ""


@pytest.mark.usefixtures("bucket")
def test_a_copy_whose_answer_was_lost_is_not_made_twice(archives: Path, place: Offsite) -> None:
    offsite.copy_all(str(archives), NAMES, place)
    (archives / f"{NAMES[0]}.copied").unlink()
    assert offsite.copy_all(str(archives), NAMES, place) == NAMES[:1]


@pytest.mark.parametrize("role", [roles.WORKLOAD_IDENTITY_USER, CREATOR])
def test_without_a_binding_the_copy_fails_and_says_so(
    archives: Path, place: Offsite, bucket: Declarations, role: str
) -> None:
    account = f"host-backup@{PROJECT}.iam.gserviceaccount.com"
    member, target = {
        roles.WORKLOAD_IDENTITY_USER: (MEMBER, iam.service_account_name(account)),
        CREATOR: (f"serviceAccount:{account}", iam.bucket_target(PROJECT, BUCKET)),
    }[role]
    bucket.revoke(f"{target}|{role}|{member}")
    with pytest.raises(BackupError, match=r"HTTP 403: Permission '(iam|storage)\.\w+\.\w+' denied"):
        offsite.copy_all(str(archives), NAMES, place)
    assert "HTTP 403" in offsite.last_error(str(archives))
    assert not offsite.is_copied(str(archives), NAMES[0])
    bucket.grant(member, role, target)
    assert offsite.copy_all(str(archives), NAMES, place) == NAMES[::-1]
    assert offsite.last_error(str(archives)) == ""


def test_the_copy_calls_for_two_permissions_and_no_more(
    archives: Path, place: Offsite, bucket: Declarations
) -> None:
    """`tests/infra/test_other_accounts.py` holds the program to these two."""
    account = f"host-backup@{PROJECT}.iam.gserviceaccount.com"
    called = {
        (MEMBER, iam.service_account_name(account)): iam.GET_ACCESS_TOKEN,
        (f"serviceAccount:{account}", iam.bucket_target(PROJECT, BUCKET)): iam.CREATE_OBJECT,
    }
    for (member, target), permission in called.items():
        for role in (roles.WORKLOAD_IDENTITY_USER, CREATOR):
            bucket.revoke(f"{target}|{role}|{member}")
        bucket.grant(member, bucket.custom_role(permission.rpartition(".")[2], permission), target)
    assert offsite.copy_all(str(archives), NAMES, place) == NAMES[::-1]


@pytest.mark.usefixtures("bucket")
def test_the_sites_subject_may_not_write_there(archives: Path, place: Offsite) -> None:
    with pytest.raises(BackupError, match=r"HTTP 400: .*condition"):
        offsite.copy_all(str(archives), NAMES, place._replace(subject="django"))


@pytest.mark.usefixtures("bucket")
def test_a_damaged_archive_is_not_copied(archives: Path, place: Offsite, running_world: World) -> None:
    (archives / NAMES[1]).write_bytes(b"cut off")
    with pytest.raises(BackupError, match="is damaged"):
        offsite.copy_all(str(archives), NAMES, place)
    assert in_bucket(running_world) == {}


@pytest.mark.usefixtures("bucket")
def test_a_place_that_does_not_answer_is_named(archives: Path, place: Offsite) -> None:
    with pytest.raises(BackupError, match=r"token exchange: .*refused"):
        offsite.copy_all(str(archives), NAMES, place._replace(sts_url="http://127.0.0.1:1"))


class TestApi:
    """What Google refuses."""

    @pytest.fixture
    def client(self, running_world: World) -> Iterator[httpx.Client]:
        base = f"{running_world.url('googleapis')}/storage"
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
            yield client

    @pytest.fixture
    def bearer(self, place: Offsite, bucket: Declarations) -> dict[str, str]:
        assert bucket
        return {"Authorization": f"Bearer {federation.access_token(place)}"}

    def announce(self, client: httpx.Client, bearer: dict[str, str], **body: Any) -> httpx.Response:
        query = {"uploadType": "resumable", **body.pop("query", {})}
        return client.post(f"/upload/storage/v1/b/{BUCKET}/o", params=query, json=body, headers=bearer)

    def test_whoever_may_add_may_neither_replace_nor_read(
        self, client: httpx.Client, bearer: dict[str, str], running_world: World
    ) -> None:
        object_path(running_world, BUCKET, "x").write_text("first")
        assert self.announce(client, bearer, name="x").status_code == 403
        assert self.announce(client, bearer, name="x", query={"ifGenerationMatch": "0"}).status_code == 412
        assert client.get(f"/storage/v1/b/{BUCKET}/o", headers=bearer).status_code == 403

    def test_content_that_is_not_as_announced_is_no_object(
        self, client: httpx.Client, bearer: dict[str, str], running_world: World
    ) -> None:
        session = self.announce(client, bearer, name="x", md5Hash="1B2M2Y8AsgTpgAmY7PhCfg==").headers
        refused = client.put(session["location"], content=b"not nothing")
        assert (refused.status_code, "MD5" in refused.text) == (400, True)
        assert in_bucket(running_world) == {}
        assert client.put(session["location"], content=b"").json()["name"] == "x"

    def test_the_owner_can_list(self, client: httpx.Client, bearer: dict[str, str]) -> None:
        for name in ("b/2", "a/1"):
            client.put(self.announce(client, bearer, name=name).headers["location"], content=b"1")
        owner = {"Authorization": "Bearer owner"}
        listed = client.get(f"/storage/v1/b/{BUCKET}/o", params={"prefix": "a/"}, headers=owner).json()
        assert [(item["name"], item["size"]) for item in listed["items"]] == [("a/1", "1")]

    @pytest.mark.parametrize(
        ("path", "query", "status"),
        [
            (BUCKET, {"uploadType": "media"}, 400),
            (BUCKET, {"uploadType": "resumable"}, 400),
            ("ghost", {"uploadType": "resumable", "name": "x"}, 404),
        ],
    )
    def test_a_wrong_announcement(
        self, client: httpx.Client, bearer: dict[str, str], path: str, query: dict[str, str], status: int
    ) -> None:
        url = f"/upload/storage/v1/b/{path}/o"
        assert client.post(url, params=query, headers=bearer).status_code == status
        assert client.post(url, params=query).status_code == 401

    def test_a_session_that_is_none(self, client: httpx.Client, bearer: dict[str, str]) -> None:
        assert bearer
        url = f"/upload/storage/v1/b/{BUCKET}/o"
        assert client.put(url, params={"upload_id": "x"}, content=b"1").status_code == 404


def test_the_key_id_is_that_of_the_published_key(key_file: Path) -> None:
    command = ["openssl", "rsa", "-in", str(key_file), "-pubout"]
    pem = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    [published] = json.loads(jwks(pem))["keys"]
    assert federation.key_id(federation._modulus(str(key_file))) == published["kid"]
