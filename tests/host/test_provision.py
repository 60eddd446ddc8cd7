"""On a provisioned host, a second run changes only what somebody changed by hand."""

from __future__ import annotations

import time

from tests.figures import Tell
from tests.host.live_host import LiveHost

SITE = "/etc/nginx/sites-available/ekklesia"
BACKUPS = "/srv/ekklesia/backups"
TIMER = "ekklesia-backup.timer"


def changes(host: LiveHost, *options: str) -> list[str]:
    """The operations of `fab provision` that changed something, or would."""
    told = host.fab("provision", "--json", *options)
    assert told.status == 0, told.output + told.errors
    return [step["step"] for step in told.steps if step["outcome"] in {"changed", "planned"}]


def test_a_second_run_changes_nothing(host_as_it_was: LiveHost, tell: Tell) -> None:
    began = time.monotonic()
    told = host_as_it_was.fab("provision", "--json")
    tell(f"fab provision: {time.monotonic() - began:.1f} s without a change")
    assert {step["outcome"] for step in told.steps[:-1]} == {"ok"}
    assert told.steps[-1]["step"] == "0 operations changed something"


def test_what_was_changed_by_hand_is_mended_and_nothing_else(host_as_it_was: LiveHost) -> None:
    host = host_as_it_was
    host.shell(f"echo '# by hand' >> {SITE}; chmod 755 {BACKUPS}; systemctl stop {TIMER}")
    # The site's file is written and tried together with the others of nginx.
    broken = [BACKUPS, f"unit {TIMER}", "files of nginx"]
    assert sorted(changes(host, "--dry-run")) == sorted(broken)
    assert sorted(changes(host)) == sorted(broken)
