"""Guards of the host's own programs, the attack that each stops, and how it is taken away and put back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.linode.control_group import is_hybrid
from local.linode.inside import as_root
from tests.host.live_host import LiveHost
from tests.host.sabotage import AGAIN, edit
from tests.host.test_log_in_limits import FLOOD, log_in, statuses

SITE = "https://starf.ekklesia.test"
CURL = "curl --silent --http1.1 --connect-to starf.ekklesia.test:443:127.0.0.1:443"
LOG_IN = f"'{SITE}/admin/login/'"
LIMITS, BODIES, LOG_INS = (
    "/etc/nginx/conf.d/ekklesia-limits.conf",
    "/etc/nginx/snippets/ekklesia-body-limits.conf",
    "/etc/nginx/snippets/ekklesia-log-in-limit.conf",
)
UNIT = "/etc/systemd/system/gunicorn.service"
RESTARTED = "systemctl daemon-reload && systemctl reset-failed gunicorn && systemctl restart gunicorn"
LONG = "x" * 5000
"""A line longer than a page of ours, or the sync, sends."""
PROCESSES, SECONDS = 300, 30
SHELL_IN_GROUP = 'for group in "$1"/*/"$2"; do echo $$ > "$group/cgroup.procs"; done; shift 2; exec "$@"'


@dataclass(frozen=True)
class HostGuard:
    """`gets_through`: try the attack; whether it succeeds."""

    name: str
    gets_through: Callable[[LiveHost], bool]
    removes: str
    mends: str


def of_file(
    name: str, gets_through: Callable[[LiveHost], bool], file: str, change: str, again: str = AGAIN
) -> HostGuard:
    """A guard in a configuration file, taken away by `sed`."""
    removal = edit(name, "", file, change, again)
    return HostGuard(name, gets_through, removal.breaks, removal.mends)


def a_large_body_reaches_django(host: LiveHost) -> bool:
    """nginx answers with a page, Django with plain text."""
    body = f"head -c {2**20 + 1} /dev/zero"
    told = "--output /dev/null --write-out '%{http_code} %{content_type}'"
    return host.shell(f"{body} | {CURL} --data-binary @- {told} {LOG_IN}") != "413 text/html; charset=utf-8"


def a_long_header_reaches_gunicorn(host: LiveHost) -> bool:
    """Both refuse it, each with a page of its own."""
    return "<center>nginx</center>" not in host.shell(f"{CURL} --header 'X-Anything: {LONG}' {LOG_IN}")


def gunicorn_takes_a_long_header(host: LiveHost) -> bool:
    """From whoever came past nginx to its socket."""
    ask = "curl --silent --unix-socket /run/gunicorn.sock --output /dev/null --write-out '%{http_code}'"
    return (
        host.shell(f"{ask} --header 'X-Anything: {LONG}' http://starf.ekklesia.test/felagar/healthz/")
        == "200"
    )


def a_flood_of_guesses_reaches_django(host: LiveHost) -> bool:
    """None is refused before a worker is asked."""
    return not statuses(log_in(host, "127.0.0.7", FLOOD, 2))["429"]


def a_long_list_of_languages_reaches_django(host: LiveHost) -> bool:
    """Each that Django 2.2 is sent stays in its memory; one that comes there makes the page English."""
    english = "en" + "".join(f", x-{number:03}" for number in range(50))
    return '<html lang="en"' in host.shell(f"{CURL} --header 'Accept-Language: {english}' {LOG_IN}")


NGINX_GUARDS = (
    of_file(
        "bodies have a limit",
        a_large_body_reaches_django,
        BODIES,
        "s/^client_max_body_size [0-9]+m;/client_max_body_size 0;/",
    ),
    of_file(
        "lines of the header have a limit",
        a_long_header_reaches_gunicorn,
        LIMITS,
        "s/^large_client_header_buffers 8 4k;/large_client_header_buffers 8 16k;/",
    ),
    of_file(
        "gunicorn limits them too",
        gunicorn_takes_a_long_header,
        UNIT,
        "s/--limit-request-field_size [0-9]+/--limit-request-field_size 16000/",
        RESTARTED,
    ),
    of_file(
        "guesses wait in front of Django", a_flood_of_guesses_reaches_django, LOG_INS, "s/^limit_req .*;//"
    ),
    of_file(
        "lists of languages have a limit",
        a_long_list_of_languages_reaches_django,
        LIMITS,
        "s/\\{1,200\\}/{1,2000}/",
    ),
)


class SiteGroup:
    """The control group in which the site's unit runs, and whatever an attacker starts from there.

    systemd makes it; but to a container on a machine with control groups of version 1 the kernel gives no
    groups of tasks and memory. There this makes one on the machine, with the limits that systemd has read.
    """

    def __init__(self, host: LiveHost) -> None:
        self._host = host
        self._own = is_hybrid()

    def limit(self, limited: bool) -> None:
        """Apply the unit's limits, or take them away."""
        if not self._own:
            values = "" if limited else "infinity"
            words = " ".join(f"{name}={values}" for name in ("TasksMax", "MemoryHigh", "MemoryMax"))
            self._host.shell(f"systemctl set-property --runtime gunicorn.service {words}")
            return
        for controller, file, name in (
            ("pids", "pids.max", "TasksMax"),
            ("memory", "memory.limit_in_bytes", "MemoryMax"),
        ):
            group = Path("/sys/fs/cgroup", controller, self._name)
            group.mkdir(exist_ok=True)
            value = self._host.shell(f"systemctl show --property={name} --value gunicorn.service")
            (group / file).write_text(value if limited else "max" if controller == "pids" else "-1")

    def run(self, command: str) -> str:
        """Run a command in the group as the host's root; its output, also if it was ended."""
        words = as_root(self._host.machine, command)
        if self._own:
            words = ["sh", "-c", SHELL_IN_GROUP, "sh", "/sys/fs/cgroup", self._name, *words]
        else:
            inside = "echo $$ > /sys/fs/cgroup/system.slice/gunicorn.service/cgroup.procs"
            words = as_root(self._host.machine, f"{inside}; {command}")
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=SECONDS)
        return done.stdout.strip()

    def remove(self) -> None:
        """Remove what was made."""
        for controller in ("pids", "memory"):
            group = Path("/sys/fs/cgroup", controller, self._name)
            if self._own and group.is_dir():
                group.rmdir()

    @property
    def _name(self) -> str:
        return f"{self._host.machine.name}-site"


STARTED = f"""python3 -c '
import subprocess
started = []
try:
    while len(started) < {PROCESSES}:
        started.append(subprocess.Popen(["sleep", "{SECONDS}"]))
except OSError:
    pass
print(len(started))
for process in started:
    process.kill()
    process.wait()
'"""


def starts_too_many(group: SiteGroup) -> bool:
    """Whoever took over the site fills the host with processes."""
    return int(group.run(STARTED)) == PROCESSES


def takes_too_much_memory(group: SiteGroup, megabytes: int) -> bool:
    """A request that needs more than the unit may have, so that the database would be ended."""
    taken = f"timeout 20 python3 -c 'print(len(bytearray({megabytes} * 2**20)))'"
    return group.run(taken) != ""
