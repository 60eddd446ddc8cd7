"""A damaged archive is refused before anything of it is used."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pyrage import x25519

from deploy.backup.archive import DATABASE, MEDIA, Archive
from deploy.backup.backups import check_file
from deploy.remote.errors import DeployError
from tests.backup.archives import CONTENT, ROWS, manifest, write_archive

KEY = x25519.Identity.generate()
SIZE_OF_A_HEADER = 512


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_archive(tmp_path / "20261123T023000Z-daily.tar", KEY)


def test_a_good_one_is_whole_and_says_what_it_holds(good: Path) -> None:
    archive = Archive(good, [KEY])
    assert archive.verify().rows == ROWS
    for member, content in CONTENT.items():
        with archive.content(member) as decrypted:
            assert decrypted.read() == content


def test_no_member_is_readable_without_the_key(good: Path) -> None:
    text = good.read_bytes()
    assert b"PGDMP" not in text
    assert b"membership_comrade" not in text
    with pytest.raises(DeployError, match="encrypted for another key"):
        Archive(good, [x25519.Identity.generate()]).verify()


@pytest.mark.parametrize("part", [0.01, 0.2, 0.5, 0.75, 0.95])
def test_a_truncated_one_is_refused(good: Path, part: float) -> None:
    content = good.read_bytes()
    good.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(DeployError, match="is damaged"):
        Archive(good, [KEY]).verify()


def test_one_cut_off_between_two_members_is_refused(good: Path) -> None:
    content = good.read_bytes()
    good.write_bytes(content[: content.index(f"{MEDIA}.age".encode())] + bytes(2 * SIZE_OF_A_HEADER))
    with pytest.raises(DeployError, match="is damaged"):
        Archive(good, [KEY]).verify()


@pytest.mark.parametrize("part", [0.003, 0.1, 0.3, 0.6, 0.9])
def test_an_altered_one_is_refused(good: Path, part: float) -> None:
    content = bytearray(good.read_bytes())
    content[int(len(content) * part)] ^= 1
    good.write_bytes(content)
    with pytest.raises(DeployError, match="is damaged"):
        Archive(good, [KEY]).verify()


def test_a_member_of_another_backup_is_refused(tmp_path: Path) -> None:
    """Anybody can encrypt for a public key, so the manifest says which members belong together."""
    mixed = write_archive(tmp_path / "mixed.tar", KEY, content={DATABASE: b"PGDMP of another day"})
    with pytest.raises(DeployError, match=r"database\.dump is not what was backed up"):
        Archive(mixed, [KEY]).verify()


@pytest.mark.parametrize("wrong", [{}, [], manifest(CONTENT, rows=None), manifest({})])
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, wrong: object) -> None:
    path = write_archive(tmp_path / "strange.tar", KEY, manifest=wrong)
    with pytest.raises(DeployError, match="is damaged"):
        Archive(path, [KEY]).verify()


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_text("not an archive")
    with pytest.raises(DeployError, match=r"x\.tar is damaged") as refused:
        Archive(tmp_path / "x.tar", [KEY]).verify()
    assert "\n" not in refused.value.message


def test_a_reader_that_stops_early_leaves_no_thread(good: Path) -> None:
    before = threading.active_count()
    with Archive(good, [KEY]).content(DATABASE) as content:
        assert content.read(5) == b"PGDMP"
    assert threading.active_count() == before


def test_the_checksum_beside_a_file_counts(good: Path, tmp_path: Path) -> None:
    check_file(good)
    Path(f"{good}.sha256").write_text("0" * 64 + f"  {good.name}\n")
    with pytest.raises(DeployError, match="its checksum differs"):
        check_file(good)
    with pytest.raises(DeployError, match="No such file"):
        check_file(tmp_path / "missing.tar")
