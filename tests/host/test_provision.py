"""On a provisioned host, a second run changes only what somebody changed by hand."""

from __future__ import annotations

import time

from tests.figures import Tell
from tests.host.live_host import LiveHost
from tests.host.states import changed_settings

SITE = "/etc/nginx/sites-available/ekklesia"
BACKUPS = "/srv/ekklesia/backups"
TIMER = "ekklesia-backup.timer"
BEFORE_OURS, FOR_SOME = (f"/etc/ssh/sshd_config.d/{name}.conf" for name in ("00-other", "20-other"))
NGINX = "/etc/nginx/conf.d/other.conf"
UNIT = "/etc/systemd/system/gunicorn.service"
FOREIGN = {
    BEFORE_OURS: "PasswordAuthentication yes\\n",
    FOR_SOME: "Match Address 203.0.113.0/24\\n    PermitRootLogin yes\\n",
    NGINX: "map $host $other { default 1; }\\n",
    f"{UNIT}.d/override.conf": "[Service]\\nTimeoutStopSec=36\\n",
}
"""What somebody else put on the host; nothing has loaded it yet but systemd."""


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
    """An edited file only if somebody accepted that: in the settings, for `pulumi up` has no terminal."""
    host = host_as_it_was
    host.shell(f"echo '# by hand' >> {SITE}; chmod 755 {BACKUPS}; systemctl stop {TIMER}")
    # The site's file is written and tried together with the others of nginx.
    broken = [BACKUPS, f"unit {TIMER}", "files of nginx"]
    assert sorted(changes(host, "--dry-run")) == sorted(broken)
    before = host.state()
    told = host.fab("provision")
    assert (told.status, host.state()) == (1, before)
    assert "-# by hand" in told.errors
    assert "no terminal to ask on; `--accept-changes`, or for `pulumi up`" in told.complaint
    with changed_settings(host, acceptChanges=True):
        assert sorted(changes(host)) == sorted([*broken, "keep edited files"])
    assert host.shell(f"tail -n1 /var/lib/ekklesia/replaced/*{SITE}").endswith("# by hand")


def test_what_others_files_change_is_told_with_its_place(live_host: LiveHost) -> None:
    written = (
        f"mkdir -p $(dirname {path}); printf '{content}' > {path}" for path, content in FOREIGN.items()
    )
    live_host.shell("; ".join([*written, "systemctl daemon-reload"]))
    try:
        said = " ".join(live_host.fab("status").output.split())
    finally:
        live_host.shell(f"rm -f {' '.join(FOREIGN)}; rmdir {UNIT}.d; systemctl daemon-reload")
    assert f"passwordauthentication yes for manager, provision, root, anybody ({BEFORE_OURS})" in said
    assert f"a `Match` in {FOR_SOME}" in said
    assert (
        f"foreign: not set up by `fab provision`, which leaves it; remove what nobody needs ({NGINX}" in said
    )
    assert f"{UNIT}.d/override.conf)" in said
    after = live_host.fab("status").output
    assert "foreign" not in after
    assert "ssh:" not in after
