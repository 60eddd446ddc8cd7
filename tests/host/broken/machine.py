"""The machine itself is broken: its packages, its firewall, who may do what on it, its backups."""

from __future__ import annotations

from tests.host.broken.broken import BASE, PROVISIONER, SETTINGS, Broken, edited, provisioned

HALF = "sed -i '/^Package: age$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status"
HOLD = (
    "systemd-run --quiet --collect --unit=broken-apt python3 -c 'import fcntl, time;"
    ' file = open("/var/lib/dpkg/lock-frontend", "w"); fcntl.lockf(file, fcntl.LOCK_EX); time.sleep(30)\';'
    " sleep 2"
)

MACHINE = (
    provisioned("dpkg was interrupted", HALF, "dpkg was interrupted", "packages"),
    provisioned("dpkg was interrupted, and another one holds its lock", f"{HALF}; {HOLD}",
                "dpkg was interrupted", "packages"),
    provisioned("the firewall was flushed", "nft flush ruleset",
                "firewall: its rules are not as", "firewall"),
    provisioned("the firewall was opened",
                "nft insert rule inet ekklesia input tcp dport 8080 accept",
                "other rules are loaded than those in /etc/nftables.conf", "firewall"),
    provisioned("no boot starts the firewall", "systemctl disable nftables",
                "unit nftables: it is disabled", "firewall"),
    provisioned("the way out is stopped, and no boot opens it", "systemctl disable --now ekklesia-egress",
                "ekklesia-egress is inactive", "egress"),
    provisioned("the disk of everything that is ours can only be read",
                f"mount --bind {BASE} {BASE}; mount -o remount,bind,ro {BASE}",
                f"disk of {BASE}/shared: it can only be read", after=f"umount --lazy {BASE}"),
    Broken("an update waits for a reboot", "touch /run/reboot-required", "an update waits for one",
           ("reboot", "--yes"), PROVISIONER),
    provisioned("/etc/hosts was emptied", ": > /etc/hosts", "/etc/hosts does not name it", "hosts"),
    provisioned("nobody but root may write to /tmp", "chmod 755 /tmp", "tmp has another mode", "files"),
    provisioned("sudo's rules of the deployer are gone", "rm /etc/sudoers.d/manager", "may not ask the host"),
    provisioned("the host's program is gone", "rm -rf /usr/local/lib/ekklesia/ekklesia_host",
                "ekklesia_host"),
    provisioned("nobody may start the host's program", "chmod 644 /usr/local/sbin/ekklesia-host",
                "may not ask the host"),
    provisioned("updates do not install themselves any more", "systemctl disable unattended-upgrades",
                "unit unattended-upgrades: it is disabled", "updates"),
    provisioned("nothing keeps the clock right", "systemctl disable systemd-timesyncd",
                "unit systemd-timesyncd: it is disabled", "clock"),
    provisioned("no backups any more", "systemctl disable --now ekklesia-backup.timer",
                "ekklesia-backup.timer is inactive", "backups"),
    edited("the settings of backups were emptied", f": > {SETTINGS}/backup.json",
           "the host does not list its backups"),
    Broken("every backup was deleted", f"rm -f {BASE}/backups/*", "there is none; `fab backup`", ("backup",)),
)  # fmt: skip
