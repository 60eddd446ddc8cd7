"""Backups of a real host: encrypted, thinned out, restored, and refused if they are damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.live_host import LiveHost
from tests.host.states import closed
from tests.host.waiting import wait_until

BACKUPS = "/srv/ekklesia/backups"
MEDIA = "/srv/ekklesia/media"
LIST = "ekklesia-backup list"
COMRADES = "SELECT count(*) FROM membership_comrade"
ADD = "INSERT INTO auth_group (name) VALUES ('a test''s')"
REMOVE = "DELETE FROM auth_group WHERE name = 'a test''s'"
COUNT = "SELECT count(*) FROM auth_group WHERE name = 'a test''s'"
DATABASES = "SELECT datname FROM pg_database ORDER BY 1"
ANOTHER = COUNT.replace("a test", "another test")
REPOSITORY = "/var/lib/pgbackrest"
RECOVERY = "/var/lib/postgresql/ekklesia-recovery /run/ekklesia-recovery"
BASES = f"ls {REPOSITORY}/backup/main/*/backup.manifest"
SEGMENTS = f"ls {REPOSITORY}/archive/main/*/*/"
PLAIN_DUMPS = (
    "find /srv/ekklesia /tmp /var/tmp /var/lib/systemd /root /home /run -xdev -type f -size +0"
    " -not -path '*/environments/*' -print0 | xargs -0 -r head -q -c 5 | grep -c PGDMP || true"
)


def names(host: LiveHost) -> list[str]:
    """The backups' names, the oldest first; those of one second in the order of their kinds."""
    return [str(backup["name"]) for backup in json.loads(host.shell(LIST))["backups"]]


def newest(host: LiveHost) -> str:
    return names(host)[-1]


def state(host: LiveHost) -> str:
    """The databases, with their rows, and the uploaded files."""
    asked = "runuser -u postgres -- psql -XqAt ekklesia"
    return host.shell(f"{asked}; ls -A {MEDIA}", f"{DATABASES}; {COMRADES}; {COUNT};")


@pytest.fixture(scope="module")
def backup(live_host: LiveHost) -> str:
    """A backup made by hand, of a host with an uploaded file; its name."""
    live_host.shell(f"runuser -u ekklesia -- sh -c 'echo uploaded > {MEDIA}/letter.txt'")
    told = live_host.fab("backup", "--json")
    assert told.status == 0, told.errors
    assert [step["step"] for step in told.steps] == ["backup", "copy off the host"]
    assert told.steps[1]["detail"] == "nowhere: no bucket is set"
    return Path(told.steps[0]["detail"]).name


@pytest.fixture
def scratch(live_host: LiveHost) -> Iterator[None]:
    """Removes what a restore leaves."""
    yield
    databases = ("ekklesia_restored", "ekklesia_before_restore")
    drops = " && ".join(f"runuser -u postgres -- dropdb --if-exists {name}" for name in databases)
    live_host.shell(f"{drops} && rm -rf {MEDIA}-restored {MEDIA}-before-restore")


def test_nothing_of_a_backup_is_readable_on_the_host(live_host: LiveHost, backup: str) -> None:
    modes = live_host.shell(f"stat -c '%U %a %n' {BACKUPS}/{backup}*").splitlines()
    assert {line.rsplit(" ", 1)[0] for line in modes} == {"root 600"}
    assert live_host.shell(f"tar -tf {BACKUPS}/{backup}").split() == [
        "manifest.json.age",
        "database.dump.age",
        "media.tar.age",
    ]
    assert live_host.shell(PLAIN_DUMPS) == "0"
    assert "AGE-SECRET-KEY" not in live_host.shell("cat /etc/ekklesia/*.json; ps -e -o args")


def test_the_nightly_backup_is_made_by_its_own_unit(live_host: LiveHost) -> None:
    before = names(live_host)
    live_host.shell("systemctl start ekklesia-backup.service")
    [made] = set(names(live_host)) - set(before)
    assert made.endswith("-daily.tar")


def test_a_killed_backup_leaves_nothing_readable_and_the_next_one_cleans_up(live_host: LiveHost) -> None:
    live_host.shell(f"mkdir {BACKUPS}/.partial-20200101T000000Z-daily.tar")
    live_host.shell("ekklesia-backup make manual")
    assert ".partial" not in live_host.shell(f"ls -A {BACKUPS}")


def test_a_database_that_is_down_makes_no_backup(live_host: LiveHost, backup: str) -> None:
    before = live_host.shell(LIST)
    live_host.shell("systemctl stop postgresql")
    try:
        told = live_host.fab("backup")
    finally:
        live_host.shell("systemctl start postgresql")
    assert told.status != 0
    assert "backup" in told.complaint
    assert (live_host.shell(LIST), ".partial" in live_host.shell(f"ls -A {BACKUPS}")) == (before, False)
    live_host.wait_until_well()


def test_a_drill_restores_boots_compares_and_leaves_nothing(live_host: LiveHost, backup: str) -> None:
    before = state(live_host)
    told = live_host.fab("backup.drill", "--name", backup, "--json")
    assert told.status == 0, told.errors
    steps = {step["step"]: step for step in told.steps}
    assert {"restore", "compare", "check", "boot the app"} <= set(steps)
    assert "as backed up" in steps["compare"]["detail"]
    assert f"{live_host.psql(COMRADES)} members" in steps["boot the app"]["detail"]
    assert state(live_host) == before
    drill = json.loads(live_host.fab("status", "--json").output)["drill"]
    assert (drill["backup"], drill["error"]) == (backup, "")
    assert live_host.shell("ls -d /run/ekklesia-* | grep -v '^/run/ekklesia-egress$' || true") == ""


CUT = "truncate --size=$(($(stat -c %s {0}) / 2)) {0}"
SPOIL = "printf spoilt | dd of={0} bs=1 seek=$(($(stat -c %s {0}) / 2)) conv=notrunc status=none"
NEW_SUM = "cd {1} && sha256sum $(basename {0}) > {0}.sha256"
"""Somebody who harms it on purpose would replace the checksum too."""


@pytest.mark.parametrize(
    "harm",
    [CUT, SPOIL, f"{CUT} && {NEW_SUM}", f"{SPOIL} && {NEW_SUM}", "rm {0}.sha256"],
    ids=["truncated", "altered", "truncated-new-sum", "altered-new-sum", "no-sum"],
)
def test_a_damaged_backup_is_refused(live_host: LiveHost, backup: str, harm: str) -> None:
    name = "20200101T000000Z-manual.tar"
    copy = f"{BACKUPS}/{name}"
    copied = f"cp -p {BACKUPS}/{backup} {copy}; (cd {BACKUPS}; sha256sum {name} > {name}.sha256)"
    live_host.shell(f"{copied}; {harm.format(copy, BACKUPS)}")
    before = state(live_host)
    told = live_host.fab("restore", "--live", "--yes", "--name", name)
    assert told.status != 0
    assert f"{name} is damaged" in told.complaint
    assert state(live_host) == before
    live_host.shell(f"rm -f {copy}*")


def test_a_drill_of_a_damaged_backup_is_on_record(live_host: LiveHost, backup: str) -> None:
    live_host.shell(f"cp -p {BACKUPS}/{backup}.sha256 /run/sum; echo x > {BACKUPS}/{backup}.sha256")
    try:
        assert live_host.fab("backup.drill", "--name", backup).status != 0
    finally:
        live_host.shell(f"mv /run/sum {BACKUPS}/{backup}.sha256")
    told = live_host.fab("status", "--check")
    assert told.status != 0
    assert "is damaged" in told.output
    assert live_host.fab("backup.drill", "--name", backup).status == 0


REFUSED = [
    (["--live"], "no terminal to ask on"),
    (["--name", "ghost"], "no backup ghost"),
    (["--file", "ghost.tar"], "No such file"),
    (["--identity", "ghost.txt"], "No such file"),
    (["--identity", "fabfile.py"], "no private key of age"),
]


def test_a_restore_that_cannot_be_is_refused_and_changes_nothing(live_host: LiveHost, backup: str) -> None:
    before = state(live_host)
    for arguments, complaint in REFUSED:
        told = live_host.fab("restore", *arguments)
        assert told.status != 0
        assert complaint in told.complaint
    assert (state(live_host), backup in live_host.shell(LIST)) == (before, True)


def test_a_dry_run_checks_and_changes_nothing(live_host: LiveHost, backup: str) -> None:
    before = state(live_host)
    told = live_host.fab("restore", "--live", "--dry-run", "--name", backup, "--json")
    assert told.status == 0, told.errors
    planned = [step["step"] for step in told.steps if step["outcome"] == "planned"]
    assert "exchange" in planned
    assert (state(live_host), backup in live_host.shell(LIST)) == (before, True)


@pytest.mark.usefixtures("scratch")
def test_a_file_restores_beside_the_live_database(live_host: LiveHost, backup: str, tmp_path: Path) -> None:
    """As after the loss of a host, when only the bucket's copy is left."""
    fetched = live_host.fab("backup.fetch", "--name", backup, "--to", str(tmp_path))
    assert fetched.status == 0, fetched.errors
    told = live_host.fab("restore", "--file", str(tmp_path / backup))
    assert told.status == 0, told.errors
    query = "runuser -u postgres -- psql -XqAt -d ekklesia_restored"
    assert live_host.shell(query, COMRADES) == live_host.psql(COMRADES)
    assert live_host.shell(f"cat {MEDIA}-restored/letter.txt") == "uploaded"


@pytest.mark.usefixtures("scratch")
def test_a_live_restore_takes_back_what_came_after(host_as_it_was: LiveHost, backup: str) -> None:
    """The site was closed for it, and stays closed until the person who closed it opens it."""
    host = host_as_it_was
    host.psql(ADD)
    host.shell(f"rm {MEDIA}/letter.txt")
    try:
        with closed(host):
            told = host.fab("restore", "--live", "--yes", "--name", backup, "--json")
            assert told.status == 0, told.errors
            steps = {step["step"]: step for step in told.steps}
            assert "everybody logs in anew" in steps["revoke again"]["detail"]
            assert host.ask("/admin/login/").status_code == 503
        assert (host.psql(COUNT), host.shell(f"cat {MEDIA}/letter.txt")) == ("0", "uploaded")
        # What was live has been backed up and is still there under another name.
        assert newest(host).endswith("-restore.tar")
        assert host.shell("runuser -u postgres -- psql -XqAt -d ekklesia_before_restore", COUNT) == "1"
    finally:
        host.psql(REMOVE)


def now(host: LiveHost) -> str:
    """The host's clock, to the second. The caller's next command begins later."""
    return host.shell("sleep 1.1; date --utc '+%Y-%m-%d %H:%M:%S'")


@pytest.mark.usefixtures("scratch")
def test_any_second_comes_back(host_as_it_was: LiveHost, backup: str) -> None:
    """From the log that the host keeps: what was there at that second, and nothing of what came after it."""
    host = host_as_it_was
    wait_until(lambda: bool(host.shell(f"{BASES} 2>/dev/null || true")), "the first base backup is complete")
    files = host.shell(f"cat {MEDIA}/letter.txt")
    host.psql(ADD)
    moment = now(host)
    try:
        host.psql(REMOVE)
        host.psql(ADD.replace("a test", "another test"))
        told = host.fab("restore", "--to", moment, "--live", "--yes", "--json")
        assert told.status == 0, told.errors
        assert (host.psql(COUNT), host.psql(ANOTHER)) == ("1", "0")
        steps = {step["step"]: step for step in told.steps}
        assert {"recover", "restore", "compare", "revoke again", "exchange", "verify"} <= set(steps)
        assert "where the log ends" not in steps["recover"]["detail"]
        assert host.shell(f"cat {MEDIA}/letter.txt") == files
        assert host.shell("runuser -u postgres -- psql -XqAt -d ekklesia_before_restore", ANOTHER) == "1"
    finally:
        host.psql(f"{REMOVE}; {REMOVE.replace('a test', 'another test')}")
    assert host.shell(f"ls -d {RECOVERY} 2>/dev/null || true") == "", "nothing stays of the second server"


def test_the_log_is_handed_over_and_nobody_else_reads_it(live_host: LiveHost) -> None:
    strange = f"find {REPOSITORY} ! -type l \\( ! -user postgres -o ! -group postgres -o -perm /o=rwx \\)"
    assert live_host.shell(strange) == ""
    assert live_host.shell("runuser -u ekklesia -- ls " + REPOSITORY + " 2>&1 || true").endswith("denied")
    live_host.psql(f"{ADD}; {REMOVE}")
    before = live_host.shell(SEGMENTS)
    wait_until(lambda: live_host.shell(SEGMENTS) != before, "half a minute's log is handed over", 60.0)


REFUSED_MOMENTS = [
    (["--to", "yesterday"], "is no moment"),
    (["--to", "2099-01-01"], "has not come yet"),
    (["--to", "2020-01-01"], "the bucket with the copies"),
    (["--to", "latest", "--name", "x.tar"], "neither --name nor --file"),
    (["--copies"], "--copies goes with --to"),
]


def test_a_moment_that_cannot_be_is_refused_and_changes_nothing(live_host: LiveHost) -> None:
    before = state(live_host)
    for arguments, complaint in REFUSED_MOMENTS:
        told = live_host.fab("restore", *arguments)
        assert told.status != 0
        assert complaint in told.complaint
    assert state(live_host) == before


def test_old_backups_go_and_the_newest_good_one_stays(live_host: LiveHost, backup: str) -> None:
    """The setting keeps five backups of deploys."""
    for minute in range(8):
        name = f"20200101T00000{minute}Z-deploy.tar"
        live_host.shell(f"cd {BACKUPS}; echo {minute} > {name}; sha256sum {name} > {name}.sha256")
    live_host.shell("ekklesia-backup make deploy")
    deploys = [name for name in live_host.shell(f"ls {BACKUPS}").split() if name.endswith("deploy.tar")]
    assert len(deploys) == 5
    assert backup in live_host.shell(LIST)
    live_host.shell(f"rm -f {BACKUPS}/20200101T*")
