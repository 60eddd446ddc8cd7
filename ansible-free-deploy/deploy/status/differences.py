"""What of the host is not as it should be, each in one line with what to do; nothing if all is as wanted.

The user who deploys sees disks, the release and what was interrupted. The host's program looks, as root, at
what only root sees (`linode/host/ekklesia_host/checks.py`). What could not be asked is told as that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from deploy.release.preflight import WRITTEN
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.verbs import ask
from deploy.status.units import not_at_boot

FULL_PERCENT = 85
LOOKED_AT = (*WRITTEN, layout.SHARED, "/", "/var/log", "/tmp")  # noqa: S108  # nosec B108 (looked at, not written)
STATIC = "backend/static"
SHOWN_FILES = 3
OWN = (layout.RELEASES, layout.ENVIRONMENTS, layout.SHARED)
"""Folders in which everything belongs to the user who deploys."""
CURES = {
    "files": "not as they were set up; `fab provision`",
    "foreign": "not set up by `fab provision`, which leaves it; remove what nobody needs",
    "firewall": "its rules are not as they were set up; `fab provision`",
    "localhost": "/etc/hosts does not name it; `fab provision`",
    "nginx": "it would not start with these files; `fab provision`",
    "packages": "dpkg was interrupted; `fab provision`",
    "settings": "the site cannot start with them; `fab provision`, then `pulumi up` (or `fab configure`)",
    "tables": "one cannot be read; `fab restore --live`",
    "ssh": "a file changes what was set up; take out of it what does",
}
PLAIN = {
    "environment": ("Python environment", "the release that serves has none; `fab deploy`"),
    "foreign": ("owner of {}", "it belongs to somebody else; `fab provision`"),
    "journal": ("journal", "{}; `fab deploy` goes on with it, `fab rollback` wants a name until then"),
    "static": ("static files", "those of the release that serves are gone; `fab deploy --force`"),
}
"""What the script says → what it is about, and what to do."""
SCRIPT = f"""\
for folder in {" ".join(LOOKED_AT)}; do
    df --output=target,pcent,ipcent "$folder" | sed -n '2s/^/disk /p'
    case ",$(findmnt --noheadings --output OPTIONS --target "$folder")," in
        *,ro,*) echo "readonly $folder" ;;
    esac
done 2>/dev/null
[ ! -e /run/reboot-required ] || echo reboot
[ ! -e {layout.SWITCH} ] || echo interrupted deploy
[ ! -e {layout.EXCHANGE} ] || echo interrupted restore
for folder in {" ".join(OWN)}; do
    find "$folder" -xdev ! -user "$(id --user)" -print -quit 2>/dev/null | sed 's/^/foreign /'
done
if [ -e {layout.CURRENT} ]; then
    [ -s {layout.JOURNAL} ] || echo journal it is gone or empty
    [ ! -s {layout.JOURNAL} ] || [ -r {layout.JOURNAL} ] || echo journal it cannot be read
    [ -z "$(tail -c 1 {layout.JOURNAL} 2>/dev/null)" ] || echo journal it was cut off in a line
fi
if cd -P {layout.CURRENT} 2>/dev/null; then
    [ -e environment/bin/python ] || echo environment
    [ -n "$(ls -A {STATIC} 2>/dev/null)" ] || echo static
    find backend host requirements -type f -newer RELEASE ! -path '{STATIC}/*' ! -name '*.pyc' \\
        -printf 'edited %p\\n' 2>/dev/null
fi
true"""


def differences(host: Host, seen_by_root: Mapping[str, object]) -> dict[str, str]:
    """What is not as wanted, by what it is about."""
    found = host.run(SCRIPT, what="status").stdout
    by_root = _checked(seen_by_root.get("checks"))
    return dict([*_seen(found), *not_at_boot(host), *_database(host), *by_root])


def _seen(text: str) -> Iterator[tuple[str, str]]:
    """What the script printed, in words."""
    rows = [line.split(" ", 1) for line in text.splitlines()]
    edited = [rest for kind, *rest in rows if kind == "edited"]
    for kind, *rest in rows:
        told = rest[0] if rest else ""
        if kind == "disk":
            yield from _full(*told.split())
        elif kind == "readonly":
            yield (
                f"disk of {told}",
                "it can only be read; `fab provision` mounts it again, unless the kernel refuses",
            )
        elif kind == "reboot":
            yield "reboot", "an update waits for one; `fab reboot` at a quiet hour"
        elif kind == "interrupted":
            cure = (
                "`fab restart` finishes it"
                if told == "restore"
                else "`fab deploy` or `fab rollback` repairs it"
            )
            yield told, f"it was interrupted; {cure}"
        elif kind in PLAIN:
            yield PLAIN[kind][0].format(told), PLAIN[kind][1].format(told)
    if edited:
        names = ", ".join(rest[0] for rest in edited[:SHOWN_FILES])
        yield "release", f"{len(edited)} files were edited on the host ({names}); `fab deploy --force`"


def _full(target: str, used: str, inodes: str) -> Iterator[tuple[str, str]]:
    for what, text in (("used", used), ("of its inodes used", inodes)):
        percent = text.rstrip("%")
        if percent.isdigit() and int(percent) >= FULL_PERCENT:
            yield f"disk {target}", f"{percent} % {what}; `fab deploy` makes room if it needs it"


def _database(host: Host) -> Iterator[tuple[str, str]]:
    try:
        told = json.loads(ask(host, "database", what="database").stdout)
    except (DeployError, ValueError) as error:
        yield "database", f"could not be asked: {error}"
        return
    if not told["answers"]:
        reason = told.get("reason") or "it does not say why"
        yield "database", f"PostgreSQL does not let the site in ({reason}); `fab provision` starts it"


def _checked(checks: object) -> Iterator[tuple[str, str]]:
    """What root's checks complain of. A host whose program makes none is told as not asked."""
    if not isinstance(checks, dict):
        yield "checks as root", "the host's program does not make them yet; `fab provision`"
        return
    for name, complaint in checks.items():
        if complaint:
            yield name, f"{CURES.get(name, 'not as wanted')} ({complaint})"
