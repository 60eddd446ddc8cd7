"""The host's firewall: only SSH, HTTP and HTTPS come in.

New rules are taken back after a minute unless a second connection gets through them, so a mistake locks
nobody out.
"""

from __future__ import annotations

from deploy.provision.apply import apply
from deploy.provision.operations import ensure, file, unit
from deploy.remote.host import Host, connected
from deploy.remote.steps import Steps
from deploy.remote.templates import render

RULES = "/etc/nftables.conf"
TABLE = "inet ekklesia"
UNDO = "ekklesia-firewall-undo"
UNDO_SECONDS = 60


def apply_firewall(host: Host, steps: Steps, *, dry_run: bool) -> int:
    """Write and load the rules if they are not as wanted; how many operations changed something."""
    undo = f"systemd-run --quiet --collect --unit={UNDO} --on-active={UNDO_SECONDS} nft delete table {TABLE}"
    load = f"{{ systemctl stop {UNDO}.timer 2>/dev/null || true; }} && {undo} && nft -f {RULES}"
    rules = file(
        RULES, render("nftables.conf", host.stack.linode), mode="755", check='nft -c -f "$NEW"', then=load
    )
    loaded = ensure("firewall is up", f"nft list table {TABLE}", load)
    changes = [apply(host, operation, steps, dry_run=dry_run) for operation in (rules, loaded)]
    if any(changes) and not dry_run:
        with steps.step("a new connection passes the firewall"), connected(host.stack) as second:
            second.run(f"systemctl stop {UNDO}.timer", what="firewall", root=True)
    boot = apply(host, unit("nftables.service"), steps, dry_run=dry_run)
    return sum(changes) + boot
