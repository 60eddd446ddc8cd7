"""The releases on the host, with what the journal says of each."""

from __future__ import annotations

from deploy.release import folders, journal
from deploy.remote.host import Host


def releases(host: Host) -> list[dict[str, str]]:
    """The releases on the host with what the journal says of each, the oldest first."""
    serving = folders.serving(host)
    last = {line["release"]: line for line in journal.entries(host) if "release" in line}
    made_of = folders.revisions(host)
    return [
        _release_row(name, serving, last.get(name, {})) | {"revision": made_of.get(name, "")}
        for name in folders.names(host)
    ]


def _release_row(name: str, serving: str | None, line: dict[str, str]) -> dict[str, str]:
    return {
        "release": name,
        "serving": "serving" if name == serving else "",
        "last": f"{line['action']}: {line['outcome']}" if line else "never served",
        "by": line.get("who", ""),
        "at": line.get("at", ""),
    }
