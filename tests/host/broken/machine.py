"""The machine itself is broken: its packages, its firewall, who may do what on it, its backups."""

from __future__ import annotations

from tests.host.broken.broken import provisioned

EGRESS = "/etc/ekklesia-egress"
HALF = "sed -i '/^Package: age$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status"
HOLD = (
    "systemd-run --quiet --collect --unit=broken-apt python3 -c 'import fcntl, time;"
    ' file = open("/var/lib/dpkg/lock-frontend", "w"); fcntl.lockf(file, fcntl.LOCK_EX); time.sleep(45)\';'
    " sleep 2"
)

MACHINE = (
    provisioned("sudo's rules of the deployer are gone", "rm /etc/sudoers.d/manager", "may not ask the host"),
    provisioned("the host's program is gone", "rm -rf /usr/local/lib/ekklesia/ekklesia_host",
                "ekklesia_host"),
)  # fmt: skip
