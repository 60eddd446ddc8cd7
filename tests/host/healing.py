"""Breaks a host, looks what `fab status` says, and mends it."""

from __future__ import annotations

from tests.host.broken.broken import TLS, Broken
from tests.host.live_host import LiveHost, Told
from tests.host.setting_up import minimal_environment


def is_healed(host: LiveHost, row: Broken) -> Told:
    """Break it, see that the status names it, mend it by one command, see that all is well; the cure."""
    if "restore" in row.heals:
        made = host.fab("backup")
        assert made.status == 0, made.errors
    host.shell(row.breaks)
    said = host.fab("status")
    assert "Traceback" not in said.output + said.errors
    assert row.says in _text(said), said.output + said.errors
    cure = [word.replace(TLS, str(host.machine.tls)) for word in row.heals]
    told = host.fab(*cure, content=minimal_environment(host.settings) if row.settings else "")
    assert told.status == 0, told.output + told.errors
    host.wait_until_well()
    after = host.fab("status")
    assert after.status == 0, after.errors
    assert row.says not in _text(after), after.output
    again = host.fab("deploy")
    assert again.status == 0, again.output + again.errors
    host.shell(row.after or "true")
    return told


def _text(told: Told) -> str:
    """What was printed, without the ends of lines: a long one is broken anywhere."""
    return " ".join((told.output + told.errors).split())
