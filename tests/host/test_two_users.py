"""What a stolen login of the user who deploys can do on a real host: no more than that user's work.

Each attack is run as that user. `test_with_full_sudo_attacks_succeed` shows that they are real.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.provision.access import KEYS, keys_state
from deploy.provision.apply import apply_all
from deploy.remote.login import Role, connected
from deploy.remote.stack_file import load_stack
from deploy.remote.steps import Steps
from tests.host.live_host import RELEASES, LiveHost
from tests.host.states import changed_settings

PROGRAM = "/usr/local/sbin/ekklesia-host"
MARK = "/root/attacked"
FAKE = "0123456789ab-20200101T000000Z"
EVIL = "/tmp/evil"  # noqa: S108 (where an attacker would put it)
DIRECT = {
    "a shell": "sudo -n id",
    "a shell of PostgreSQL's": "sudo -n -u postgres id",
    "a shell of the site's": "sudo -n -u ekklesia id",
    "an editor": "sudo -n -e /etc/shadow",
    "a second word": f"sudo -n {PROGRAM} restart now",
    "an option": f"sudo -n {PROGRAM} --help",
    "an unknown verb": f"sudo -n {PROGRAM} reboot",
    "a variable": f"sudo -n PYTHONPATH={EVIL} {PROGRAM} is-configured < /dev/null",
    "its environment": f"sudo -n -E {PROGRAM} is-configured < /dev/null",
    "the backup's key": "cat /etc/ekklesia/backup-key.pem",
    "the database's password": "cat /etc/ekklesia/host.env",
    "the site's settings": "cat /etc/ekklesia/ekklesia.env",
    "the folder of backups": "ls /srv/ekklesia/backups",
    "another folder of backups": "mv /srv/ekklesia/backups /srv/ekklesia/elsewhere",
    "another lock": "rm -f /srv/ekklesia/locks/running.lock",
    "the program": f"touch {PROGRAM}",
    "its modules": "touch /usr/local/lib/ekklesia/ekklesia_host/__main__.py",
    "a key of its own": "touch /etc/ssh/ekklesia-keys/manager",
    "a rule of sudo's": "touch /etc/sudoers.d/manager",
    "a unit": "touch /etc/systemd/system/evil.service",
    "another unit started": "systemctl restart nginx",
    "a unit of systemd's own": "systemd-run --quiet --wait true",
    "an archive with absolute paths": "tar -c -P -f - /etc/hostname | tar -x -P -f -",
}
"""Things that only root may do; each command succeeds if the attack does."""


def as_deployer(host: LiveHost, command: str, content: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command with the login of the user who deploys."""
    login = ["-oUser=manager", f"-oControlPath={host.project / 'deployer'}"]
    words = ["ssh", f"-F{host.ssh_config}", *login, host.address, command]
    return subprocess.run(words, input=content, capture_output=True, text=True, check=False, timeout=120)


def asked(host: LiveHost, verb: str, request: object, content: str = "") -> subprocess.CompletedProcess[str]:
    """Ask the program as an attacker would: by hand."""
    return as_deployer(host, f"sudo -n {PROGRAM} {verb}", f"{json.dumps(request)}\n{content}")


def succeeded(host: LiveHost) -> set[str]:
    """Which of the direct attacks succeed."""
    script = "\n".join(
        f"( {command} ) >/dev/null 2>&1 </dev/null && echo {shlex.quote(name)}"
        for name, command in DIRECT.items()
    )
    return set(as_deployer(host, script).stdout.splitlines())


def test_no_direct_way_leads_to_root(live_host: LiveHost) -> None:
    assert as_deployer(live_host, "id -un").stdout == "manager\n"
    assert succeeded(live_host) == set()


@contextmanager
def full_sudo(host: LiveHost) -> Iterator[None]:
    """The host as it was before there were two users."""
    rule = "/etc/sudoers.d/zz-before"
    host.shell(f"echo 'manager ALL=(ALL) NOPASSWD: ALL' > {rule}")
    try:
        yield
    finally:
        host.shell(f"rm {rule}")


def test_with_full_sudo_attacks_succeed(live_host: LiveHost) -> None:
    with full_sudo(live_host):
        assert {"a shell", "a shell of PostgreSQL's", "an option"} <= succeeded(live_host)
        assert "PRIVATE KEY" in as_deployer(live_host, "sudo -n cat /etc/ekklesia/backup-key.pem").stdout


@pytest.fixture
def evil(live_host: LiveHost) -> Iterator[LiveHost]:
    """A folder of the attacker's, in which each name that a program could look for leaves a mark as root."""
    module = f"import os; os.getuid() == 0 and open('{MARK}', 'w')"
    program = f"#!/bin/sh\ntouch {MARK}\n"
    names = ["systemctl", "journalctl", "openssl", "psql", "sh", "python3", "runuser", "systemd-run"]
    lines = [f"rm -rf {EVIL}; mkdir -p {EVIL}/ekklesia_host && cd {EVIL}"]
    lines += [f'printf %s "{module}" > {name}.py' for name in ("json", "argparse", "syslog", "sitecustomize")]
    lines += [f'printf %s "{module}" > ekklesia_host/__init__.py']
    lines += [f"printf %s '{program}' > {name}; chmod 755 {name}" for name in names]
    assert as_deployer(live_host, "\n".join(lines)).returncode == 0
    live_host.shell(f"rm -f {MARK}")
    yield live_host
    live_host.shell(f"rm -rf {EVIL} {MARK} {RELEASES}/{FAKE}")


@pytest.mark.parametrize("verb", ["status", "database", "is-configured", "public-key"])
def test_neither_a_folder_nor_a_variable_reaches_the_program(evil: LiveHost, verb: str) -> None:
    variables = f"PATH={EVIL}:$PATH PYTHONPATH={EVIL} PYTHONSTARTUP={EVIL}/json.py PYTHONHOME={EVIL}"
    variables += f" LD_PRELOAD={EVIL}/json.py BASH_ENV={EVIL}/sh ENV={EVIL}/sh HOME={EVIL}"
    request = json.dumps({"key": "nudge"} if verb == "public-key" else {})
    as_deployer(evil, f"cd {EVIL}; env {variables} /usr/bin/sudo -n {PROGRAM} {verb}", f"{request}\n")
    assert asked(evil, verb, json.loads(request)).returncode == 0
    assert evil.shell(f"ls {MARK} 2>/dev/null || true") == ""


@pytest.mark.parametrize(
    ("verb", "request_"),
    [
        ("logs", {"unit": "gunicorn --file=/etc/shadow", "lines": "5", "follow": "no"}),
        ("logs", {"unit": "--file=/etc/shadow", "lines": "5", "follow": "no"}),
        ("logs", {"unit": "gunicorn", "lines": "5 --file=/etc/shadow", "follow": "no"}),
        ("logs", {"unit": "gunicorn", "lines": "5", "follow": "no", "file": "/etc/shadow"}),
        ("backup-read", {"name": "../../../etc/shadow"}),
        ("backup-read", {"name": "20200101T000000Z-x.tar/../../../../etc/shadow"}),
        ("backup-make", {"reason": "x/../../../../etc/cron.d/x"}),
        ("switch", {"release": "../../../root"}),
        ("trial", {"release": "/root"}),
        ("manage", {"release": "../../root", "words": ["x"], "timeouts": "no", "database": "live"}),
        ("manage", {"release": "current", "words": ["x"], "timeouts": "no", "database": "../../x"}),
        ("manage", {"release": "current", "words": "x", "timeouts": "no", "database": "live"}),
        ("public-key", {"key": "/etc/ekklesia/backup-key.pem"}),
        ("configure-environment", {"path": "/etc/shadow"}),
    ],
)
def test_the_program_takes_no_path_and_no_option(live_host: LiveHost, verb: str, request_: object) -> None:
    before = live_host.state()
    told = asked(live_host, verb, request_)
    assert told.returncode == 1
    assert told.stdout == ""
    assert "root:" not in told.stderr
    assert live_host.state() == before


@pytest.mark.parametrize(
    "content",
    ['{"A": "x\\nLD_PRELOAD=/tmp/x"}', '{"DATABASE_URL": "postgres://x"}', '{"A B": "x"}', "[]", "x" * 100],
)
def test_no_line_is_smuggled_into_the_settings(live_host: LiveHost, content: str) -> None:
    before = live_host.state()
    assert asked(live_host, "configure-environment", {}, content).returncode == 1
    assert live_host.state() == before


@pytest.mark.parametrize("how", ["programs", "links"])
def test_a_release_of_an_attackers_runs_as_the_site_and_never_as_root(evil: LiveHost, how: str) -> None:
    """What the site's user may read, an attacker who deploys reads; nothing else."""
    made = f"cd {RELEASES} && rm -rf {FAKE} && mkdir {FAKE} && cd {FAKE} && echo {FAKE} > RELEASE"
    steal = "#!/bin/sh\nid -u\ncat /etc/ekklesia/backup-key.pem /etc/shadow\nls /root\nsudo -n id\n"
    if how == "programs":
        made += f" && mkdir -p backend environment/bin && printf '{steal}' > environment/bin/python"
        made += " && chmod 755 environment/bin/python"
    else:
        made += " && ln -s /root backend && ln -s / environment"
    assert as_deployer(evil, made).returncode == 0
    words = {"words": ["x"], "timeouts": "no", "database": "live"}
    told = [
        asked(evil, "trial", {"release": FAKE}),
        asked(evil, "collect-static", {"release": FAKE}),
        asked(evil, "manage", {"release": FAKE, **words}),
    ]
    for answer in told:
        assert answer.stdout.splitlines()[:1] != ["0"]
        assert "PRIVATE KEY" not in answer.stdout
        assert "root:" not in answer.stdout
        assert answer.returncode != 0
    if how == "programs":
        users = [answer.stdout.splitlines()[0] for answer in told]
        ids = [evil.shell(f"id -u {name}") for name in ("ekklesia", "manager", "ekklesia")]
        assert users == ids


def test_a_key_that_a_stolen_login_leaves_behind_opens_nothing(live_host: LiveHost) -> None:
    key = live_host.machine.folder / "left-behind"
    if not key.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = key.with_suffix(".pub").read_text().strip()
    left = f"mkdir -p .ssh && echo '{public}' >> .ssh/authorized_keys"
    assert as_deployer(live_host, left).returncode == 0
    words = ["ssh", "-F/dev/null", f"-i{key}", "-oIdentitiesOnly=yes", "-oBatchMode=yes"]
    words += [f"-oUserKnownHostsFile={live_host.machine.ssh / 'known_hosts'}"]
    refused = subprocess.run(
        [*words, f"manager@{live_host.address}", "true"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 255
    assert "Permission denied" in refused.stderr


def test_a_wrong_password_is_refused_and_said_in_one_line(live_host: LiveHost) -> None:
    file = live_host.machine.ssh / "sudo-password"
    right = file.read_text()
    try:
        file.write_text("a guess")
        told = live_host.fab("provision")
    finally:
        file.write_text(right)
    assert told.status == 1
    assert told.complaint == f"{live_host.address}: sudo refuses the password of provision"


def test_without_the_provisioners_key_a_task_says_whom_it_needs(live_host: LiveHost) -> None:
    keys = f"{KEYS}/provision"
    live_host.shell(f"mv {keys} {keys}.away")
    try:
        told = live_host.fab("backup.drill")
    finally:
        live_host.shell(f"mv {keys}.away {keys}")
    assert told.status == 1
    assert told.complaint.startswith(f"provision@{live_host.address}: the host refuses this login; this task")


@pytest.fixture
def kept_keys(live_host: LiveHost) -> Iterator[None]:
    kept = "/root/kept-keys"
    live_host.shell(f"rm -rf {kept}; cp -a {KEYS} {kept}")
    yield
    live_host.shell(f"cp -a {kept}/manager {kept}/provision {KEYS}/; rm -r {kept}")


def test_keys_let_in_from_their_addresses_and_never_lock_out(live_host: LiveHost, kept_keys: None) -> None:
    public = (live_host.machine.ssh / "id_ed25519.pub").read_text().split()
    key = " ".join([*public[:2], "listed"])
    ours = str(live_host.world.host_network)
    access = {"deploy": [key], "provision": [key], "addresses": [ours]}
    with changed_settings(live_host, access=access):
        stack = load_stack(live_host.world.name)
        with connected(stack, Role.PROVISION) as host:
            apply_all(host, keys_state(stack.linode), Steps("test"))
        assert live_host.fab("releases").status == 0
    written = live_host.shell(f"cat {KEYS}/manager {KEYS}/provision")
    assert written.count(f'from="{ours}" ssh-ed25519 ') == len(written.splitlines()) == 2
    with changed_settings(live_host, access=access | {"addresses": ["192.0.2.0/24"]}):
        refused = live_host.fab("provision")
    assert refused.status == 1
    assert "the host refuses this login" in refused.complaint
    assert live_host.shell(f"cat {KEYS}/manager {KEYS}/provision") == written
    assert live_host.fab("releases").status == 0
