"""The host's firewall: only SSH, HTTP and HTTPS come in, and only the proxy goes out (`egress.py`).

New rules are taken back after a minute unless a second connection gets through them, so a mistake locks
nobody out.
"""

from __future__ import annotations

from deploy.provision import egress
from deploy.provision.apply import apply
from deploy.provision.operations import Operation, ensure, file, unit
from deploy.remote.host import Host
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.login import Role, connected
from deploy.remote.steps import Steps
from deploy.remote.templates import render

RULES = "/etc/nftables.conf"
TABLE = "inet ekklesia"
SAME_RULES = """
now=$(nft --stateless list table inet ekklesia) || exit 1
file='nft -f /etc/nftables.conf && nft --stateless list table inet ekklesia'
wanted=$(unshare --net sh -c "$file") || exit 1
[ "$now" = "$wanted" ] || { echo "other rules are loaded than those in /etc/nftables.conf" >&2; exit 1; }
"""
"""The question that the host's program asks, too (`linode/host/ekklesia_host/checks.py`)."""
UNDO = "ekklesia-firewall-undo"
UNDO_SECONDS = 60


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """The rules are as wanted, they are loaded, and they are at the next boot."""
    undo = f"systemd-run --quiet --collect --unit={UNDO} --on-active={UNDO_SECONDS} nft delete table {TABLE}"
    load = f"{{ systemctl stop {UNDO}.timer 2>/dev/null || true; }} && {undo} && nft -f {RULES}"
    rules = render("nftables.conf", settings, ports=egress.ports(settings))
    return [
        file(RULES, rules, mode="755", check='nft -c -f "$NEW"', then=load),
        ensure("firewall is up, with these rules", f"( {SAME_RULES} )", load),
        unit("nftables.service"),
    ]


def apply_firewall(host: Host, steps: Steps, *, dry_run: bool) -> int:
    """Write and load the rules if they are not as wanted; how many operations changed something."""
    *rules, boot = wanted_state(host.stack.linode)
    changes = [apply(host, operation, steps, dry_run=dry_run) for operation in rules]
    if any(changes) and not dry_run:
        with (
            steps.step("a new connection passes the firewall"),
            connected(host.stack, Role.PROVISION) as second,
        ):
            second.run(f"systemctl stop {UNDO}.timer", what="firewall", root=True)
    return sum(changes) + apply(host, boot, steps, dry_run=dry_run)
