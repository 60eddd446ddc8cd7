"""The machine itself is broken: its packages, its firewall, who may do what on it, its backups."""

from __future__ import annotations

from tests.host.broken.broken import BASE, PROVISIONER, Broken, provisioned

EGRESS = "/etc/ekklesia-egress"
HALF = "sed -i '/^Package: age$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status"
HOLD = (
    "systemd-run --quiet --collect --unit=broken-apt python3 -c 'import fcntl, time;"
    ' file = open("/var/lib/dpkg/lock-frontend", "w"); fcntl.lockf(file, fcntl.LOCK_EX); time.sleep(45)\';'
    " sleep 2"
)

MACHINE = (
    provisioned("dpkg was interrupted, and another one holds its lock", f"{HALF}; {HOLD}",
                "dpkg was interrupted"),
    provisioned("the firewall was opened",
                "nft insert rule inet ekklesia input tcp dport 8080 accept",
                "other rules are loaded than those in /etc/nftables.conf"),
    provisioned("the disk of everything that is ours can only be read",
                f"mount --bind {BASE} {BASE}; mount -o remount,bind,ro {BASE}",
                f"disk of {BASE}/shared: it can only be read", after=f"umount --lazy {BASE}"),
    Broken("an update waits for a reboot", "touch /run/reboot-required", "an update waits for one",
           ("reboot", "--yes"), PROVISIONER),
    provisioned("/etc/hosts was emptied", ": > /etc/hosts", "/etc/hosts does not name it"),
    provisioned("sudo's rules of the deployer are gone", "rm /etc/sudoers.d/manager", "may not ask the host"),
    provisioned("the host's program is gone", "rm -rf /usr/local/lib/ekklesia/ekklesia_host",
                "ekklesia_host"),
)  # fmt: skip
