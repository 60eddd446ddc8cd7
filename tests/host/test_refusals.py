"""A deploy that cannot succeed: refused, or stopped before the switch; the host is as it was."""

from __future__ import annotations

import io
import json
import re
import signal
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.release.archive import make_archive
from tests.host.deploys import NOTE, ending, reach, refused
from tests.host.live_host import RELEASES, LiveHost
from tests.host.states import changed_settings

MIGRATION = "linode/backend/membership/migrations/9999_breaks.py"
TABLES = "SELECT count(*) FROM pg_tables; SELECT count(*) FROM django_migrations"
PAGE_KIB = 4
"""In which a tmpfs keeps files."""
HOLDER = (
    r"locked: \S+@\S+ since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC for deploy; `fab unlock` takes the lock away"
)


@contextmanager
def small_disk(host: LiveHost, mebibytes: int) -> Iterator[None]:
    """Put the releases on a disk of that size."""
    kept, owner = "/root/releases", "uid=$(id -u manager),gid=$(id -g manager)"
    mount = f"mount -t tmpfs -o size={mebibytes}m,mode=755,{owner} tmpfs {RELEASES}"
    host.shell(f"set -e; cp -a {RELEASES} {kept}; {mount}; cp -a {kept}/. {RELEASES}; rm -r {kept}")
    try:
        yield
    finally:
        host.shell(f"umount --lazy {RELEASES}")


def fill_up(host: LiveHost, left: int) -> None:
    """Leave so many KiB of that disk."""
    used = f"$(df --block-size=1K --output=used {RELEASES} | tail -1)"
    host.shell(f"mount -o remount,size=$(({used} + {left}))k {RELEASES}")


def last_migration(host: LiveHost) -> str:
    """The name of membership's last migration."""
    folder = host.project / "linode/backend/membership/migrations"
    return sorted(path.stem for path in folder.glob("0*.py"))[-1]


def test_the_second_of_two_deploys_is_refused_until_it_takes_the_lock_away(host_as_it_was: LiveHost) -> None:
    """After that the first deploy does nothing more on the host."""
    host = host_as_it_was
    before = host.serving()
    with host.edited(NOTE, "two at once"), host.start_fab("deploy", "--json") as first:
        reach(first, "upload")
        first.send_signal(signal.SIGSTOP)
        second = host.fab("deploy")
        assert re.search(HOLDER, second.complaint)
        refused(host, second, "locked: ")
        assert host.serving() == before
        assert " for deploy" in host.fab("unlock").complaint
        host.deploy()
        after = host.serving()
        first.send_signal(signal.SIGCONT)
        refused(host, ending(first), "the connection was lost")
    assert before != host.serving() == after


def test_what_no_commit_holds_is_deployed_only_if_somebody_says_so(host_as_it_was: LiveHost) -> None:
    """The copy from which the tests deploy is no clone of git, but their stack's file allows that."""
    host, before = host_as_it_was, host_as_it_was.state()
    with host.edited(NOTE, "nobody has this"), changed_settings(host, allowDirty=False):
        refused(host, host.fab("deploy"), "this is no git clone with a commit")
        assert host.state() == before
        host.deploy("--allow-dirty", "--dry-run")
    row = next(row for row in json.loads(host.fab("releases", "--json").output) if row["serving"])
    assert row["revision"] == "unknown"


def test_a_disk_that_is_too_full_is_found_before_anything_is_done(host_as_it_was: LiveHost) -> None:
    host = host_as_it_was
    with host.edited(NOTE, "too large"), small_disk(host, 200):
        before, serving = host.state(), host.serving()
        refused(host, host.fab("deploy", "--dry-run"), " MiB free, ")
        assert host.state() == before
        refused(host, host.fab("deploy"), " MiB free, ")
        assert host.serving() == serving


def room_before(what: str) -> int:
    """The KiB in which what comes first has room, and this has not. The static files take some MiB."""
    packed = make_archive().content
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        content = sum(PAGE_KIB * (1 + member.size // (PAGE_KIB * 1024)) for member in archive)
    first = len(packed) // 1024
    return {"archive": 0, "content": first + content // 2, "static files": first + content + 512}[what]


@pytest.mark.parametrize("what", ["archive", "content", "static files"])
def test_a_disk_that_fills_up_meanwhile_stops_the_deploy(host_as_it_was: LiveHost, what: str) -> None:
    host, left = host_as_it_was, room_before(what)
    with host.edited(NOTE, "grows too large"), small_disk(host, 1024):
        before = host.shell(f"ls -A {RELEASES}")
        with host.start_fab("deploy", "--json") as client:
            reach(client, "check")
            client.send_signal(signal.SIGSTOP)
            fill_up(host, left)
            client.send_signal(signal.SIGCONT)
            refused(host, ending(client), "disk full" if what == "archive" else "No space left on device")
        assert host.shell(f"ls -A {RELEASES}") == before


def test_half_an_upload_never_becomes_a_release(host_as_it_was: LiveHost) -> None:
    host = host_as_it_was
    releases = host.shell(f"ls -A {RELEASES}")
    whole, half = "io.BytesIO(archive.content)", "io.BytesIO(archive.content[: len(archive.content) // 2])"
    with (
        host.edited(NOTE, "only half of it arrives"),
        host.edited("ansible-free-deploy/deploy/release/folders.py", whole, half),
    ):
        refused(host, host.fab("deploy"), "the upload is damaged: its checksum differs")
    assert host.shell(f"ls -A {RELEASES}") == releases


def test_a_migration_that_fails_leaves_the_database_as_it_was(host_as_it_was: LiveHost) -> None:
    host = host_as_it_was
    before, releases, tables = host.serving(), host.shell(f"ls -A {RELEASES}"), host.psql(TABLES)
    migration = f'''
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("membership", "{last_migration(host)}")]
    operations = [
        migrations.RunSQL("CREATE TABLE half_done (id integer)"),
        migrations.RunSQL("ALTER TABLE no_such_table ADD COLUMN half_done integer"),
    ]
'''
    with host.edited(MIGRATION, migration):
        refused(host, host.fab("deploy", "--force-migrations"), "no_such_table")
    assert (host.serving(), host.shell(f"ls -A {RELEASES}"), host.psql(TABLES)) == (before, releases, tables)
