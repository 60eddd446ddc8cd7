"""The units of the host: which have to run, and which have to start with it."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.remote.host import Host

RUNNING = (
    "nginx",
    "gunicorn",
    "postgresql",
    "nftables",
    "ekklesia-egress",
    "ssh",
    "ekklesia-backup.timer",
    "ekklesia-backup-copy.timer",
    "ekklesia-base-backup.timer",
    "ekklesia-repository-copy",
)
AT_BOOT = (*RUNNING, "gunicorn.socket", "unattended-upgrades", "systemd-timesyncd")
STARTED = frozenset({"enabled", "enabled-runtime", "static", "alias", "indirect", "generated"})


def running(host: Host) -> dict[str, str]:
    """How each of those is that have to run."""
    states = host.run(["systemctl", "is-active", *RUNNING], check=False).stdout.split()
    return dict(zip(RUNNING, states, strict=True))


def not_at_boot(host: Host) -> Iterator[tuple[str, str]]:
    """Those that the next boot would not start, with what to do."""
    ask = "; ".join(f'echo "$(systemctl is-enabled {unit} 2>/dev/null)"' for unit in AT_BOOT)
    states = host.run(ask, check=False).stdout.split("\n")
    for unit, state in zip(AT_BOOT, states, strict=False):
        if state not in STARTED:
            yield f"unit {unit}", f"it is {state or 'not there'}, so no boot starts it; `fab provision`"
