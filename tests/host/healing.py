"""Breaks a host, looks what `fab status` says, and mends it."""

from __future__ import annotations

from tests.host.broken_hosts import Broken
from tests.host.live_host import LiveHost, Told


def is_healed(host: LiveHost, row: Broken) -> Told:
    """Break it, see that the status names it, mend it by one command, see that all is well; the cure."""
    if "restore" in row.heals:
        made = host.fab("backup")
        assert made.status == 0, made.errors
    host.shell(row.breaks)
    said = host.fab("status")
    assert "Traceback" not in said.output + said.errors
    assert row.says in said.output + said.errors, said.output + said.errors
    told = host.fab(*row.heals)
    assert told.status == 0, told.output + told.errors
    host.wait_until_well()
    after = host.fab("status")
    assert after.status == 0, after.errors
    assert not row.says or row.says not in after.output, after.output
    again = host.fab("deploy")
    assert again.status == 0, again.output + again.errors
    return told
