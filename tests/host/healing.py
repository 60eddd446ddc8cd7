"""Breaks a host, looks what `fab status` says, and mends it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.host.broken.broken import TLS, Broken
from tests.host.live_host import LiveHost, Told
from tests.host.setting_up import minimal_environment


def are_healed(host: LiveHost, rows: Sequence[Broken]) -> Told:
    """Break it in these ways at once, see that the status names each, and mend all by one command; the cure.

    Afterwards all is well, and a plain deploy succeeds.
    """
    cure = rows[0]
    if "restore" in cure.heals:
        made = host.fab("backup")
        assert made.status == 0, made.errors
    for row in rows:
        host.shell(row.breaks)
    said = _status(host)
    assert [row.name for row in rows if row.says not in said] == [], said
    words = [word.replace(TLS, str(host.machine.tls)) for word in cure.heals]
    told = host.fab(*words, content=minimal_environment(host.settings) if cure.settings else "")
    assert told.status == 0, told.output + told.errors
    host.wait_until_well()
    after = _status(host)
    assert [row.name for row in rows if row.says in after] == [], after
    if "deploy" not in cure.heals:
        again = host.fab("deploy")
        assert again.status == 0, again.output + again.errors
    for row in rows:
        host.shell(row.after or "true")
    return told


def _status(host: LiveHost) -> str:
    """What `fab status` prints, without the ends of lines: a long one is broken anywhere."""
    told = host.fab("status")
    printed = told.output + told.errors
    assert "Traceback" not in printed
    return " ".join(printed.split())
