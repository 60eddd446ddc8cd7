"""What was done to the host, and whether a switch of releases was left unfinished.

The journal has a JSON object per line. A switch is announced in a file of its own before it is made. The file
is removed once the new release is verified, so if it is there, a deploy ended in between.
"""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime

from deploy.release import folders
from deploy.remote import layout
from deploy.remote.host import Host

KEPT_LINES = 1000
"""How far back the journal is read: some hundred deploys."""


def record(host: Host, action: str, release: str, outcome: str) -> None:
    """Add a line, with the revision that the release was made of, if the release says it."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = {"at": now, "who": getpass.getuser(), "action": action, "release": release, "outcome": outcome}
    if revision := folders.revisions(host).get(release):
        line["revision"] = revision
    host.run(f"cat >> {layout.JOURNAL}", content=json.dumps(line) + "\n", what="journal")


def entries(host: Host, count: int = KEPT_LINES) -> list[dict[str, str]]:
    """The last lines, the oldest first, without lines that were cut off."""
    text = host.run(f"tail -n {count} {layout.JOURNAL} 2>/dev/null || true").stdout
    return [entry for line in text.splitlines() if (entry := _parsed(line))]


def good_releases(journal: list[dict[str, str]]) -> list[str]:
    """The releases that have served well, each once, in the order in which they served last."""
    served = [line["release"] for line in journal if line.get("outcome") == "serving"]
    return list(dict.fromkeys(reversed(served)))[::-1]


def announce_switch(host: Host, before: str | None, after: str) -> None:
    """Write down that `current` is about to change from one release to another."""
    content = json.dumps({"before": before, "after": after})
    script = (
        f"cat > {layout.SWITCH}.new && sync {layout.SWITCH}.new && mv {layout.SWITCH}.new {layout.SWITCH}"
    )
    host.run(script, content=content, what="journal")


def end_switch(host: Host) -> None:
    """Write down that the switch is over."""
    host.run(f"rm -f {layout.SWITCH}", what="journal")


def unfinished_switch(host: Host) -> tuple[str | None, str] | None:
    """The switch that a deploy left unfinished (from which release, to which), if there is one."""
    text = host.run(f"cat {layout.SWITCH} 2>/dev/null || true").stdout
    found = _parsed(text)
    return (found.get("before"), found["after"]) if found else None


def _parsed(line: str) -> dict[str, str] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
