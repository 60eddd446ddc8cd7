"""What was done to the host, and whether a switch of releases was left unfinished.

The journal has a JSON object per line. A switch is announced in a file of its own before it is made. The file
is removed once the new release is verified, so if it is there, a deploy ended in between.

The order of the lines is the order in which the host was told: the times in them are of the clients' clocks.
Nothing that restores service waits for the journal: what cannot be written down is a warning.
"""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime

from deploy.release import folders
from deploy.remote import layout
from deploy.remote.errors import RemoteError
from deploy.remote.host import Host
from deploy.remote.steps import Steps

KEPT_LINES = 1000
"""How far back the journal is read: some hundred deploys."""
SERVING = "serving"
ROLLED_BACK = "rolled back"
NOT_WRITTEN = "not written down"
APPEND = """[ -z "$(tail -c 1 {file} 2>/dev/null)" ] || echo >> {file}
    cat >> {file}"""
"""A line that a full disk cut off must not swallow the next one."""
COPY = "cp {file} {file}.new && cat >> {file}.new && mv -f {file}.new {file}"
"""If the file is somebody else's, as after a repair by hand as root: its folder is ours all the same."""


def record(host: Host, action: str, release: str, outcome: str) -> None:
    """Add a line, with the revision that the release was made of, if the release says it."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = {"at": now, "who": getpass.getuser(), "action": action, "release": release, "outcome": outcome}
    if revision := folders.revisions(host).get(release):
        line["revision"] = revision
    append, copy = (script.format(file=layout.JOURNAL) for script in (APPEND, COPY))
    script = f"if [ -w {layout.JOURNAL} ] || [ ! -e {layout.JOURNAL} ]; then {append}; else {copy}; fi"
    host.run(script, content=json.dumps(line) + "\n", what="journal")


def note(host: Host, action: str, release: str, outcome: str, steps: Steps) -> None:
    """Add a line, if that is possible; otherwise warn."""
    try:
        record(host, action, release, outcome)
    except RemoteError as error:
        steps.warn(NOT_WRITTEN, f"{action} of {release}, {outcome}: {error.message}")


def go_on(host: Host, serving: str, steps: Steps) -> None:
    """If the journal was lost or cut off, go on with the release that serves, which is well."""
    is_whole = f'[ -s {layout.JOURNAL} ] && [ -z "$(tail -c 1 {layout.JOURNAL})" ]'
    if host.run(is_whole, check=False).status:
        with steps.step("journal") as outcome:
            record(host, "recover", serving, SERVING)
            outcome.changed(f"it was lost or cut off, and goes on with {serving}")


def entries(host: Host, count: int = KEPT_LINES) -> list[dict[str, str]]:
    """The last lines, the oldest first, without lines that were cut off; none if there is no journal.

    Raises RemoteError if it cannot be read.
    """
    text = host.run(f"[ ! -e {layout.JOURNAL} ] || tail -n {count} {layout.JOURNAL}", what="journal").stdout
    return [entry for line in text.splitlines() if (entry := _parsed(line))]


def good_releases(journal: list[dict[str, str]]) -> list[str]:
    """The releases that have served well, each once, in the order in which they served last."""
    served = [line["release"] for line in journal if line.get("outcome") == SERVING]
    return list(dict.fromkeys(reversed(served)))[::-1]


def way_back(journal: list[dict[str, str]]) -> list[str]:
    """The releases that served well, without those that were left backwards; the last one is the newest.

    A release that serves again leads on from where it stood: after A, B, C and a rollback to B it is A, B. So
    the next rollback goes to A, not to C again.
    """
    way: list[str] = []
    for line in journal:
        if line.get("outcome") == SERVING:
            release = line["release"]
            way = [*way[: way.index(release)], release] if release in way else [*way, release]
    return way


def announce_switch(host: Host, before: str | None, after: str, steps: Steps) -> None:
    """Write down that `current` is about to change from one release to another, if that is possible."""
    content = json.dumps({"before": before, "after": after})
    script = (
        f"cat > {layout.SWITCH}.new && sync {layout.SWITCH}.new && mv {layout.SWITCH}.new {layout.SWITCH}"
    )
    _try(host, script, steps, content=content)


def end_switch(host: Host, steps: Steps) -> None:
    """Write down that the switch is over, if that is possible."""
    _try(host, f"rm -f {layout.SWITCH} {layout.SWITCH}.new", steps)


def unfinished_switch(host: Host) -> tuple[str | None, str] | None:
    """The switch that a deploy left unfinished (from which release, to which), if there is one."""
    text = host.run(f"cat {layout.SWITCH} 2>/dev/null || true").stdout
    found = _parsed(text)
    return (found.get("before"), found["after"]) if found else None


def _try(host: Host, script: str, steps: Steps, content: str = "") -> None:
    try:
        host.run(script, content=content, what="switch")
    except RemoteError as error:
        steps.warn(NOT_WRITTEN, error.message)


def _parsed(line: str) -> dict[str, str] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
