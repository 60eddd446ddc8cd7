"""Guards of logs, ways out and logins of the host, with the attacks (see `removed_guards.py`)."""

from __future__ import annotations

import subprocess

from deploy.provision.access import SSHD, keys_of
from tests.host.live_host import LiveHost
from tests.host.removed_guards import CURL, SITE, of_file
from tests.host.sabotage import KEPT, PROXY
from tests.host.test_egress import by_the_proxy
from tests.host.test_limits import ADMIN, LIMITS, send

ACCESS_LOG = "/etc/nginx/conf.d/ekklesia-access-log.conf"
BODIES = "/etc/nginx/snippets/ekklesia-body-limits.conf"
EGRESS_AGAIN = "systemctl restart ekklesia-egress"
SSH_AGAIN = "sshd -t && systemctl reload ssh"
SECOND = "0303802219"
"""A kennitala that no other test of the logs looks for."""
ELSEWHERE = "192.0.2.0/24"
"""Nobody has an address of these (RFC 5737)."""


def nginx_logs_a_kennitala(host: LiveHost) -> bool:
    """The access log tells whose page was opened, and who was searched for."""
    host.shell("truncate -s 0 /var/log/nginx/access.log")
    host.shell(f"{CURL} --output /dev/null '{SITE}/felagar/api/full/{SECOND}/?q={SECOND}'")
    written = host.shell("cat /var/log/nginx/access.log")
    assert "/felagar/api/full/" in written
    host.shell("truncate -s 0 /var/log/nginx/access.log")
    return SECOND in written


def no_page_names_the_limit(host: LiveHost) -> bool:
    """Somebody who sends too much is not told why."""
    status, page = send(host, ADMIN, LIMITS.elsewhere, "--http1.1")
    assert status == "413"
    return f"the limit on this page is {LIMITS.elsewhere} MB" not in page


def the_proxy_goes_to_another_name(host: LiveHost) -> bool:
    """A program that was taken over reaches its master."""
    return by_the_proxy(host, "https://example.com/") != "403"


def the_proxy_goes_to_another_port(host: LiveHost) -> bool:
    """The same, through a name on the list."""
    return by_the_proxy(host, "https://pypi.org:22/") != "403"


def a_key_left_behind_lets_in(host: LiveHost) -> bool:
    """A stolen login puts a key of its own into the user's home, and comes back."""
    key = host.machine.ssh / "left-behind"
    if not key.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    home = "/home/manager/.ssh"
    keep = f"[ ! -e {home} ] || mv {home} {KEPT}.keys; install -d -m 700 -o manager -g manager {home}"
    put = f"install -m 600 -o manager -g manager /dev/stdin {home}/authorized_keys"
    host.shell(f"{keep}; {put}", key.with_suffix(".pub").read_text())
    try:
        return logs_in(host, key.name)
    finally:
        host.shell(f"rm -r {home}; [ ! -e {KEPT}.keys ] || mv {KEPT}.keys {home}")


def logs_in(host: LiveHost, key: str) -> bool:
    """By a connection of its own."""
    words = ["ssh", "-F/dev/null", f"-i{host.machine.ssh / key}", "-oIdentitiesOnly=yes", "-oBatchMode=yes"]
    words += [f"-oUserKnownHostsFile={host.machine.ssh / 'known_hosts'}", f"manager@{host.address}", "true"]
    return subprocess.run(words, capture_output=True, check=False, timeout=60).returncode == 0


def only_from_elsewhere() -> tuple[str, str]:
    """Two commands: let the keys of who deploys in from other addresses only, as settings may; undo that."""
    keys = keys_of("manager")
    return (
        f"cp -a {keys} {KEPT}.listed; sed -i 's|^|from=\"{ELSEWHERE}\" |' {keys}",
        f"mv {KEPT}.listed {keys}",
    )


LOG_GUARDS = (
    of_file(
        "the access log shows no kennitala",
        nginx_logs_a_kennitala,
        ACCESS_LOG,
        r"s/\$logged_address\$logged_query/$request_uri/",
    ),
    of_file("a page names the limit", no_page_names_the_limit, BODIES, "s/^error_page 413 .*;//"),
)
EGRESS_GUARDS = (
    of_file(
        "the proxy goes to listed names",
        the_proxy_goes_to_another_name,
        PROXY,
        "s/^FilterDefaultDeny .*//",
        EGRESS_AGAIN,
    ),
    of_file(
        "the proxy goes to the web's ports",
        the_proxy_goes_to_another_port,
        PROXY,
        "s/^ConnectPort .*//",
        EGRESS_AGAIN,
    ),
)
LOG_IN_GUARDS = (
    of_file(
        "only root says whose keys let in",
        a_key_left_behind_lets_in,
        SSHD,
        "s|^AuthorizedKeysFile .*|& .ssh/authorized_keys|",
        SSH_AGAIN,
    ),
)
