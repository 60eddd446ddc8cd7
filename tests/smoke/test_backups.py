"""The backups on the host: complete, unreadable without the offline key, and copied elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

BACKUPS = "/srv/ekklesia/backups"
MEMBERS = ["manifest.json.age", "database.dump.age", "media.tar.age"]
AGE_BEGINS = "age-encryption.org/v1"
LIKELY_PLACES = "/srv /tmp /var/tmp /var/backups /root /home /run"
DUMP_NAMES = "-not -path '*/releases/*' -regextype egrep -regex '.*\\.(dump|sql)(\\.gz|\\.xz|\\.zst)?'"


@pytest.fixture(scope="module")
def told(host: Any) -> dict[str, Any]:
    """What the host's backup program lists."""
    with host.sudo():
        return dict(json.loads(host.check_output("ekklesia-backup list")))


@pytest.fixture(scope="module")
def newest(told: dict[str, Any]) -> dict[str, Any]:
    assert told["backups"], "there is no backup"
    return dict(told["backups"][-1])


def test_the_newest_backup_matches_its_checksum(host: Any, newest: dict[str, Any]) -> None:
    with host.sudo():
        assert host.run("ekklesia-backup check %s", newest["name"]).rc == 0


def test_all_of_a_backup_is_encrypted(host: Any, newest: dict[str, Any]) -> None:
    path = f"{BACKUPS}/{newest['name']}"
    with host.sudo():
        assert host.check_output("tar -tf %s", path).split() == MEMBERS
        for member in MEMBERS:
            assert host.check_output("tar -xOf %s %s | head -c 21", path, member) == AGE_BEGINS


def test_no_unencrypted_dump_is_left_anywhere(host: Any) -> None:
    """Dumps are searched for by name, and in likely places by their first bytes."""
    found = f"find {LIKELY_PLACES} -xdev -not -path '*/environments/*' -type f -size +0"
    with host.sudo():
        assert host.check_output(f"{found} {DUMP_NAMES} -print") == ""
        assert host.check_output(f"{found} -print0 | xargs -0 -r head -q -c 5 | grep -c PGDMP || true") == "0"


def test_the_private_key_is_not_on_the_host(host: Any) -> None:
    with host.sudo():
        command = "grep -rlsI AGE-SECRET-KEY-1 /etc /root /home /srv/ekklesia/shared /tmp /var/tmp || true"
        assert host.check_output(command) == ""


def test_the_newest_backup_has_a_copy_off_the_host(told: dict[str, Any], newest: dict[str, Any]) -> None:
    if not told["bucket"]:
        pytest.skip("this host is told of no bucket: `fab configure` has given it none")
    assert told["copy_error"] == ""
    assert newest["copied"]
