from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from ekklesia_backup import configuration as configuration_of_the_host
from ekklesia_host.configuration import environment_file, offsite

from deploy.provision.configuration import read_environment, read_offsite
from deploy.remote import layout
from deploy.remote.copy_places import POOL
from deploy.remote.errors import DeployError

NASTY = [
    "$(reboot)",
    "`reboot`",
    'a "b" c',
    "it's",
    r"back\slash",
    "a;b|c&d",
    "#no comment",
    "é ð Þ",
    " spaces ",
    "%n",
]


@pytest.mark.parametrize("value", NASTY)
def test_every_character_survives(value: str, tmp_path: Path) -> None:
    """systemd reads double quotes as a shell does, for the characters that can be in a value."""
    path = tmp_path / "environment"
    path.write_text(environment_file({"NAME": value}))
    read = subprocess.run(["sh", "-c", f'. {path}; printf %s "$NAME"'], capture_output=True, check=True)
    assert read.stdout.decode() == value


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "wants JSON"),
        ("[]", "wants JSON"),
        ('{"environment": ["A"]}', "must be an object"),
        ('{"environment": {"lower": "x"}}', "'lower' cannot be set"),
        ('{"environment": {"A=B": "x"}}', "cannot be set"),
        ('{"environment": {"DJANGO_SECRET_KEY": "x"}}', "cannot be set"),
        ('{"environment": {"DATABASE_URL": "x"}}', "cannot be set"),
        ('{"environment": {"A": 1}}', "must be a text"),
        ('{"environment": {"A": "secret\\nB=1"}}', "line breaks"),
    ],
)
def test_a_mistake_is_reported_without_the_value(text: str, complaint: str) -> None:
    with pytest.raises(DeployError, match=complaint) as refused:
        read_environment(text)
    assert "secret" not in refused.value.message


OFFSITE = {
    "bucket": "b",
    "storage_url": "https://storage.googleapis.com",
    "sts_url": "https://sts.googleapis.com",
    "iam_credentials_url": "https://iamcredentials.googleapis.com",
    "pool_provider": "//iam.googleapis.com/projects/1" + POOL,
    "service_account": "a@p.iam.gserviceaccount.com",
    "issuer": "https://starf.ekklesia.test",
    "subject": "backup",
}


def test_what_the_backup_program_is_told_is_what_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed = tmp_path / "places.json"
    fixed.write_text(
        json.dumps({name: OFFSITE[name] for name in OFFSITE if name != "pool_provider"} | {"pool": POOL})
    )
    settings = SimpleNamespace(
        offsite_settings=str(tmp_path / "offsite.json"),
        backup_key=layout.BACKUP_KEY,
        copy_places=str(fixed),
    )
    sent = json.dumps(read_offsite(json.dumps({"environment": {}, "offsite": OFFSITE})))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(sent.encode())))
    assert offsite(settings, {}) == 0
    read = configuration_of_the_host.load_offsite(str(tmp_path / "offsite.json"), str(fixed))
    assert read == configuration_of_the_host.Offsite(**OFFSITE, key_file="/etc/ekklesia/backup-key.pem")
    assert configuration_of_the_host.load_offsite(str(tmp_path / "missing.json")) is None


def test_a_host_need_not_copy_anywhere() -> None:
    assert read_offsite('{"environment": {}}') is None


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ([], "must be an object"),
        ({}, "must have exactly"),
        (OFFSITE | {"colour": "red"}, "must have exactly"),
        (OFFSITE | {"bucket": 1}, "must have exactly"),
        (OFFSITE | {"sts_url": "file:///etc/shadow"}, "sts_url must be an http or https URL"),
    ],
)
def test_a_wrong_place_off_the_host_is_refused(place: object, complaint: str) -> None:
    with pytest.raises(DeployError, match=complaint):
        read_offsite(json.dumps({"environment": {}, "offsite": place}))


def test_the_host_sets_the_path_of_the_nudges_key() -> None:
    nudging = read_environment(json.dumps({"environment": {"NUDGE_URL": "https://x"}}))
    assert nudging["NUDGE_KEY_FILE"] == "/etc/ekklesia/nudge-key.pem"
    assert read_environment('{"environment": {"DJANGO_X": "x"}}') == {"DJANGO_X": "x"}
