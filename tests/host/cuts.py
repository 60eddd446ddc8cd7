"""Ways in which a deploy is cut short on the host itself, and how the host gets over each.

The client that dies or loses its connection is in `test_deploy_faults.py`.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from deploy.release import flow as deploy
from local.linode import host as debian
from tests.host.broken.broken import BASE, RELEASES, SHARED
from tests.host.deploys import NOTE, ending, reach
from tests.host.live_host import LiveHost
from tests.host.waiting import wait_until

Client = subprocess.Popen[str]
OWN_DISKS = {RELEASES: "size=1400M", SHARED: "size=2M"}
"""Folder → the disk that it gets, so that it can be filled without harm to this machine."""
FILLER = ".filler"


@dataclass(frozen=True)
class Cut:
    """What happens to the host after a step of a deploy, and what a person does before the next deploy."""

    name: str
    happens: Callable[[LiveHost, Client], None]
    prepares: str = ""
    mends: str = ""


def end_in_order(host: LiveHost, client: Client) -> None:
    """SIGTERM, as at a log-out or a shutdown: to the client, and to what runs on the host for it."""
    client.send_signal(signal.SIGTERM)
    host.shell("pkill -TERM -u ekklesia -f manage.py; pkill -TERM -u manager flock; true")


def reboot(host: LiveHost, _: Client) -> None:
    """The host reboots in the middle."""
    host.shell("systemctl --no-block reboot")
    host.disconnect()
    wait_until(lambda: not debian.answers(host.world), "the host goes down")
    wait_until(lambda: debian.answers(host.world), "the host comes up")


def fill_the_disks(host: LiveHost, _: Client) -> None:
    """Not a byte is left for releases, the journal and the lock."""
    host.shell("; ".join(f"head -c 2G /dev/zero > {folder}/{FILLER}" for folder in OWN_DISKS), check=False)


def forbid_writing(host: LiveHost, _: Client) -> None:
    """As after an error of the disk: everything of ours can only be read."""
    host.shell(f"mount --bind {BASE} {BASE} && mount -o remount,bind,ro {BASE}")


def own_disk(folder: str, options: str) -> str:
    """The shell commands that move a folder to a small disk."""
    moved = f"/run/cut{folder}"
    return (
        f"mkdir -p {moved}; mount -t tmpfs -o mode=755,{options} tmpfs {moved};"
        f" chown manager:manager {moved}; cp -a {folder}/. {moved}; mount --bind {moved} {folder}"
    )


def back_to_the_large_disk(folder: str) -> str:
    """The shell commands that undo it, and keep what has come."""
    moved = f"/run/cut{folder}"
    return f"umount --lazy {folder}; cp -a {moved}/. {folder}; umount --lazy {moved}"


CUTS = (
    Cut("SIGTERM", end_in_order),
    Cut("a reboot", reboot),
    Cut(
        "a full disk",
        fill_the_disks,
        prepares="; ".join(own_disk(*each) for each in OWN_DISKS.items()),
        mends="; ".join(f"rm -f {folder}/{FILLER}; {back_to_the_large_disk(folder)}" for folder in OWN_DISKS),
    ),
    Cut("a disk that can only be read", forbid_writing, mends=f"umount --lazy {BASE}"),
)
PAIRS = tuple((step, cut) for step in deploy.STEPS for cut in CUTS)


def gets_over(host: LiveHost, step: str, cut: Cut) -> None:
    """Cut a deploy short after a step; the site answers all the same, and the next deploy succeeds.

    What the database has is asked of the database, before and after that deploy.
    """
    host.wait_until_well()
    with host.edited(NOTE, f"{step}: {cut.name}"):
        host.shell(cut.prepares or "true")
        try:
            with host.start_fab("deploy", "--json") as client:
                reach(client, step)
                cut.happens(host, client)
                told = ending(client)
            assert "Traceback" not in told.errors, told.errors
            host.wait_until_well()
        finally:
            host.shell(cut.mends or "true")
        require_whole_database(host)
        host.deploy()
        assert host.serving().startswith(host.tree_hash())
    require_whole_database(host)
    assert host.is_well(), host.health()


def require_whole_database(host: LiveHost) -> None:
    """Nothing is pending of the release that serves."""
    told = host.fab("migrate", "--dry-run")
    assert told.status == 0, told.errors
    assert "nothing to migrate" in told.output + told.errors, told.output + told.errors
