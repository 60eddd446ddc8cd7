"""How far an order to revoke everything has come: written on the host, so that another run goes on there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ValidationError

from deploy.remote import layout
from deploy.remote.host import Host

GOOD_FOR = timedelta(hours=6)
"""An order that was cut off longer ago is not gone on with: its keys may be known by now, too."""


class Progress(BaseModel):
    """Which steps are done. It holds no secret."""

    began: str = ""
    done: list[str] = []
    ended: str = ""


def read(host: Host) -> Progress:
    """That of an order that was cut off lately; else that of a new one."""
    try:
        found = Progress.model_validate_json(host.run(f"cat {layout.INCIDENT} 2>/dev/null || true").stdout)
    except ValidationError:
        found = Progress()
    return found if found.began > _now(-GOOD_FOR) and not found.ended else Progress(began=_now())


def note(host: Host, progress: Progress, step: str = "") -> None:
    """Write down that a step is done; without one, that all of them are."""
    if step:
        progress.done.append(step)
    else:
        progress.ended = _now()
    script = f"cat > {layout.INCIDENT}.new && mv {layout.INCIDENT}.new {layout.INCIDENT}"
    host.run(script, content=progress.model_dump_json(), what="progress")


def _now(plus: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + plus).strftime("%Y-%m-%dT%H:%M:%SZ")
