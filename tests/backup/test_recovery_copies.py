"""What the host copies of pgBackRest's repository, and what an operator lays out of it again."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import httpx
import pyrage
import pytest
from ekklesia_backup import archive, federation, follow, offsite, repository
from ekklesia_backup.configuration import Settings
from ekklesia_backup.errors import BackupError
from ekklesia_backup.retention import Rule
from pyrage import x25519

from deploy.backup import copies
from deploy.backup.copies import Copies
from deploy.remote.errors import DeployError

KEY = x25519.Identity.generate()
CLUSTER = "7443218765432109876"
NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
PLACE: Any = object()


class Host:
    """A host with a repository as pgBackRest writes it, and the bucket, whose objects are only added."""

    def __init__(self, folder: Path) -> None:
        self.repository, self.archives = folder / "repository", folder / "archives"
        self.archives.mkdir()
        self.bucket: dict[str, bytes] = {}
        self.sent: list[str] = []
        self.settings = Settings(
            recipient=str(KEY.to_public()),
            database="",
            media="",
            release="",
            folder=str(self.archives),
            repository=str(self.repository),
            rule=Rule(1, 1, 1, 1),
        )
        self.bases: dict[str, dict[str, Any]] = {}
        self.write("archive/main/archive.info", f"[db]\ndb-id=1\ndb-system-id={CLUSTER}\n", NOON)

    def write(self, path: str, content: str, moment: datetime) -> None:
        file = self.repository / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        os.utime(file, (moment.timestamp(), moment.timestamp()))

    def segment(self, number: int, moment: datetime) -> str:
        """A segment of the log is handed over; its path."""
        path = f"archive/main/15-1/0000000100000000/{number + (1 << 64):024X}-{number:040x}.zst"
        self.write(path, f"segment {number}", moment)
        return path

    def base(self, moment: datetime, first: int, last: int, cluster: int = 1) -> str:
        """A base backup becomes complete; its label. `cluster`: pgBackRest's number for it."""
        label = f"{moment:%Y%m%d-%H%M%S}F"
        for name in ("backup.manifest", "backup.manifest.copy", "bundle/1"):
            self.write(f"backup/main/{label}/{name}", f"{name} of {label}", moment)
        self.bases[label] = {
            "db-id": cluster,
            "backup-archive-start": f"{first + (1 << 64):024X}",
            "backup-archive-stop": f"{last + (1 << 64):024X}",
            "backup-timestamp-start": int(moment.timestamp()) - 2,
            "backup-timestamp-stop": int(moment.timestamp()),
        }
        self.name_bases(moment)
        return label

    def name_bases(self, moment: datetime) -> None:
        """pgBackRest writes its catalogue of base backups."""
        entries = "".join(f"{label}={json.dumps(told)}\n" for label, told in self.bases.items())
        self.write("backup/main/backup.info", f"[backup:current]\n{entries}", moment)

    def upload(self, path: str, name: str, _place: Any, _token: str) -> None:
        """As the bucket does: an object that is there stays as it is."""
        self.sent.append(name)
        self.bucket.setdefault(name, Path(path).read_bytes())

    def copy(self) -> None:
        assert follow.Follower(self.settings).step(PLACE)

    def told(self) -> dict[str, Any]:
        return dict(follow.describe(self.settings))

    def copies(self) -> Copies:
        def names(day: Any) -> list[str]:
            return [name for name in self.bucket if name.startswith(f"recovery/{day}/")]

        return Copies(names, self.bucket.__getitem__, [KEY])


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    host = Host(tmp_path)

    def encrypt(recipient: str, chunks: Any, path: str) -> None:
        content = b"".join(chunks)
        Path(path).write_bytes(pyrage.encrypt(content, [x25519.Recipient.from_str(recipient)]))

    monkeypatch.setattr(archive, "encrypt", encrypt)
    monkeypatch.setattr(offsite, "upload", host.upload)
    monkeypatch.setattr(federation, "access_token", lambda _: "token")
    return host


def laid_out(host: Host, moment: datetime | None, **but: str) -> dict[str, str]:
    copies = host.copies()
    return {path: text.decode() for path, text in copies.content(copies.base_before(moment, **but), moment)}


def test_what_is_copied_comes_back_as_it_was(host: Host) -> None:
    before, label = host.segment(1, NOON), host.base(NOON, 2, 2)
    during, after = host.segment(2, NOON), host.segment(3, NOON + timedelta(minutes=1))
    host.copy()
    found = laid_out(host, NOON + timedelta(minutes=2))
    for path in (during, after, f"backup/main/{label}/bundle/1", "archive/main/archive.info"):
        assert found[path] == (host.repository / path).read_text()
    assert found["backup/main/backup.info.copy"] == (host.repository / "backup/main/backup.info").read_text()
    assert before not in found, "it was needed only before the base backup"


def test_a_host_that_was_set_up_long_ago_comes_back(host: Host) -> None:
    """pgBackRest wrote archive.info then, and not since; objects of that day may be gone."""
    host.base(NOON, 1, 1)
    host.copy()
    host.bucket.clear()
    later = NOON + timedelta(days=500)
    label = host.base(later, 2, 2)
    host.segment(2, later)
    host.copy()
    found = laid_out(host, later + timedelta(minutes=1))
    assert f"backup/main/{label}/bundle/1" in found
    assert found["archive/main/archive.info"] == (host.repository / "archive/main/archive.info").read_text()


def test_each_file_is_sent_once_and_a_catalogue_for_each_content(host: Host) -> None:
    host.base(NOON, 1, 1)
    host.segment(1, NOON)
    host.copy()
    host.copy()
    assert len(host.sent) == len(set(host.sent))
    assert not list(host.archives.glob("*.age")), "nothing stays of what was under way"
    host.base(NOON + timedelta(hours=6), 2, 2)
    host.copy()
    assert len(host.sent) == len(set(host.sent))
    assert len([name for name in host.sent if "/backup/main/backup.info." in name]) == 2


def test_no_content_is_in_the_bucket_that_opens_without_the_key(host: Host) -> None:
    host.base(NOON, 1, 1)
    host.copy()
    assert host.bucket
    assert all(content.startswith(b"age-encryption.org/v1") for content in host.bucket.values())
    stranger = Copies(lambda _: host.bucket, host.bucket.__getitem__, [x25519.Identity.generate()])
    with pytest.raises(DeployError, match="does not open with this key"):
        stranger.base_before(NOON)


def test_a_base_backup_that_is_not_complete_is_not_copied(host: Host) -> None:
    host.base(NOON, 1, 1)
    host.write("backup/main/20261130-180000F/bundle/1", "half of it", NOON)
    host.write("archive/main/15-1/0000000100000000/0000.pgbackrest.tmp", "half of it", NOON)
    host.copy()
    assert not [name for name in host.sent if "20261130-180000F" in name or ".tmp" in name]


def test_what_is_removed_meanwhile_leaves_no_catalogue_that_names_it(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = host.base(NOON, 1, 1)
    seen = repository.copyable(host.settings.repository)
    (host.repository / f"backup/main/{label}/bundle/1").unlink()
    monkeypatch.setattr(repository, "copyable", lambda _: seen)
    host.copy()
    assert not [name for name in host.sent if "backup.info" in name]


def test_the_base_backup_before_the_moment_is_taken_from_any_state_of_the_catalogue(host: Host) -> None:
    """The newest catalogue names only what pgBackRest still keeps."""
    labels = []
    for six in range(8):
        moment = NOON + timedelta(hours=6 * six)
        labels.append(host.base(moment, six, six))
        host.segment(six, moment)
        for old in labels[:-4]:
            host.bases.pop(old, None)
        host.name_bases(moment)
        host.copy()
    found = laid_out(host, NOON + timedelta(hours=7))
    assert {path.split("/")[2] for path in found if path.startswith("backup/main/2")} == {labels[1]}
    assert labels[1] in found["backup/main/backup.info"]
    segments = [path for path in found if path.endswith(".zst")]
    assert len(segments) == 2, "no more of the log than up to the next base backup"


class NextDay(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 12, 1, tzinfo=tz)


def test_the_latest_of_a_host_that_was_lost_is_not_its_successors(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "datetime", NextDay)
    lost = host.base(NOON, 1, 1)
    host.segment(1, NOON)
    host.copy()
    for folder in ("archive", "backup"):
        (host.repository / folder).rename(host.repository / f"lost-{folder}")
    host.write("archive/main/archive.info", "[db]\ndb-id=1\ndb-system-id=8\n", NOON + timedelta(hours=1))
    host.bases.clear()
    host.base(NOON + timedelta(hours=1), 1, 1)
    host.copy()
    assert host.copies().base_before(NOON + timedelta(hours=2)).cluster == "8"
    for base in (
        host.copies().base_before(NOON + timedelta(minutes=1)),
        host.copies().base_before(None, but="8"),
    ):
        assert (base.cluster, base.label) == (CLUSTER, lost)


def test_a_base_backup_that_was_removed_before_it_was_copied_is_not_taken(host: Host) -> None:
    """The catalogue may have been read just before."""
    kept, removed = host.base(NOON, 1, 1), host.base(NOON + timedelta(hours=6), 2, 2)
    (host.repository / f"backup/main/{removed}/backup.manifest").unlink()
    host.copy()
    assert host.copies().base_before(NOON + timedelta(hours=7)).label == kept


def test_without_a_base_backup_before_it_a_moment_is_refused(host: Host) -> None:
    host.base(NOON, 1, 1)
    host.copy()
    with pytest.raises(DeployError, match="no base backup"):
        host.copies().base_before(NOON - timedelta(seconds=1))


def test_status_tells_the_last_moment_that_is_off_the_host(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = {"until": "", "base": "", "error": "", "gap": None}
    assert host.told() == nothing | {"waiting_since": "2026-11-30T12:00:00Z"}
    host.base(NOON, 1, 1)
    host.segment(1, NOON + timedelta(seconds=30))
    host.copy()
    well = nothing | {"until": "2026-11-30T12:00:30Z", "base": "2026-11-30T12:00:00Z", "waiting_since": ""}
    assert host.told() == well

    def refuse(*_: Any) -> None:
        raise BackupError("upload: HTTP 403")

    host.segment(2, NOON + timedelta(minutes=2))
    host.segment(3, NOON + timedelta(minutes=3))
    with monkeypatch.context() as patched:
        patched.setattr(offsite, "upload", refuse)
        assert not follow.Follower(host.settings).step(PLACE)
    waiting = {"waiting_since": "2026-11-30T12:02:00Z", "error": "upload: HTTP 403"}
    assert host.told() == well | waiting
    host.copy()
    assert host.told() == well | {"until": "2026-11-30T12:03:00Z"}


def test_only_a_file_of_the_repository_may_be_gone(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """If `age` is missing, or the folder for what is under way, that is told."""

    def fail(*_: Any) -> None:
        raise FileNotFoundError(2, "No such file or directory", "age")

    host.segment(1, NOON)
    monkeypatch.setattr(archive, "encrypt", fail)
    assert not follow.Follower(host.settings).step(PLACE)
    assert "No such file" in host.told()["error"]


def test_a_gap_ends_what_is_told(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later segment that is off the host is of no use while one before it is not."""
    host.segment(1, NOON)
    host.copy()
    host.segment(3, NOON + timedelta(minutes=3))
    host.copy()
    host.segment(2, NOON + timedelta(minutes=2))
    assert host.told()["until"] == "2026-11-30T12:00:00Z"


def test_what_pgbackrest_gave_up_is_told_until_a_base_backup_begins_behind_it(host: Host) -> None:
    host.base(NOON, 1, 1)
    for number in (1, 2, 5):
        host.segment(number, NOON + timedelta(minutes=number))
    host.copy()
    told = host.told()
    assert (told["until"], told["gap"]) == ("2026-11-30T12:02:00Z", ["2026-11-30T12:02:00Z", ""])
    host.base(NOON + timedelta(minutes=6), 6, 6)
    host.segment(6, NOON + timedelta(minutes=6))
    host.copy()
    told = host.told()
    assert (told["until"], told["gap"][1]) == ("2026-11-30T12:06:00Z", "2026-11-30T12:06:00Z")


def test_another_clusters_base_backup_ends_a_gap_whatever_its_numbers(host: Host) -> None:
    for number in (7, 9):
        host.segment(number, NOON + timedelta(minutes=number))
    host.base(NOON + timedelta(minutes=20), 1, 1, cluster=2)
    assert host.told()["gap"] == ["2026-11-30T12:07:00Z", "2026-11-30T12:20:00Z"]


@pytest.mark.parametrize(
    "names",
    [
        ["15-1/0000000100000000/0000000100000000000000FF", "15-1/0000000100000001/000000010000000100000000"],
        ["15-1/0000000100000000/000000010000000000000007", "15-1/0000000200000000/000000020000000000000007"],
        ["13-1/0000000100000000/000000010000000000000007", "15-2/0000000100000000/000000010000000000000001"],
    ],
    ids=["its number goes on", "another timeline", "another cluster"],
)
def test_a_log_that_goes_on_has_no_gap(host: Host, names: list[str]) -> None:
    for name in names:
        host.write(f"archive/main/{name}-{0:040x}.zst", "", NOON)
    assert host.told()["gap"] is None


class Answers:
    """A bucket that answers by these statuses, one after the other; 0 stands for a cut connection."""

    def __init__(self, *statuses: int) -> None:
        self.left = list(statuses)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status = self.left.pop(0)
        if not status:
            raise httpx.ReadError("cut", request=request)
        return httpx.Response(status, content=b"copy", request=request)


def read_from(answers: Answers) -> bytes:
    with httpx.Client(transport=httpx.MockTransport(answers)) as client:
        return copies._answer(client, "http://bucket/").content


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, in no time."""
    made: list[float] = []
    monkeypatch.setattr("deploy.backup.copies.time.sleep", made.append)
    return made


def test_what_the_bucket_does_not_answer_is_asked_for_again(pauses: list[float]) -> None:
    assert read_from(Answers(503, 0, 429, 200)) == b"copy"
    assert pauses == list(copies.PAUSES[:3])


@pytest.mark.parametrize(("status", "times"), [(403, 1), (404, 1), (503, len(copies.PAUSES) + 1)])
def test_a_refusal_is_told_at_once_and_an_outage_after_the_last_try(
    status: int, times: int, pauses: list[float]
) -> None:
    answers = Answers(*[status] * times)
    with pytest.raises(DeployError, match=f"the bucket with the copies: HTTP {status}"):
        read_from(answers)
    assert (answers.left, len(pauses)) == ([], times - 1)
