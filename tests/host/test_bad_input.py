"""Wrong input for a real host: one clear line, a status that is not 0, and nothing changed.

What needs no host is in tests/fabric/test_bad_input.py.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.live_host import LiveHost, Told
from tests.host.setting_up import minimal_environment

MARK = "/run/hostile"
HOSTILE = f"x'; touch {MARK}; $(touch {MARK}) `touch {MARK}` ${{HOME}} $HOME %h \\ \" ' # ; é"
"""Everything that is special for a shell, systemd or a template."""


@pytest.fixture
def host(live_host: LiveHost) -> Iterator[LiveHost]:
    """The host, on which nothing may change."""
    before = live_host.state()
    yield live_host
    assert live_host.state() == before
    assert live_host.shell(f"ls {MARK} 2>/dev/null", check=False) == ""
    assert not Path(MARK).exists()


def refused(told: Told, because: str) -> None:
    """The last line says why; lines about steps that went well may be before it."""
    assert told.status == 1, told.output + told.errors
    assert because in told.complaint


def test_the_hosts_key_has_changed_or_is_unknown(host: LiveHost, tmp_path: Path) -> None:
    known = host.machine.ssh / "known_hosts"
    true = known.read_text()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    try:
        known.write_text(f"{host.address} {(tmp_path / 'key.pub').read_text()}")
        refused(host.fab("deploy"), "the host's key has CHANGED")
        known.write_text("")
        refused(host.fab("deploy"), "the host's key is not known")
    finally:
        known.write_text(true)


def test_a_release_that_is_not_there(host: LiveHost) -> None:
    name = "0123456789ab-20200101T000000Z"
    refused(host.fab("rollback", f"--release={name}"), f"there is no complete release {name}")


def test_no_terminal_to_confirm_on(host: LiveHost) -> None:
    refused(host.fab("restore", "--live", content="yes\n"), "no terminal to ask on; `--yes` answers")


def test_a_management_command_gets_its_words_as_they_are(host: LiveHost) -> None:
    told = host.fab("manage", "--", "shell", "-c", f"print({HOSTILE!r} + '${{DATABASE_URL}} $$')")
    # The newest Django's shell first says what it has imported.
    assert told.output.splitlines()[-1] == f"{HOSTILE}${{DATABASE_URL}} $$"
    refused(host.fab("manage", "--", HOSTILE), "exit status 1")


def test_a_value_of_django_arrives_as_it_is(live_host: LiveHost) -> None:
    true = minimal_environment(live_host.settings)
    environment = json.loads(true)["environment"] | {"HOSTILE": HOSTILE}
    try:
        assert live_host.fab("configure", content=json.dumps({"environment": environment})).status == 0
        seen = live_host.shell("tr '\\0' '\\n' < /proc/$(systemctl show -p MainPID --value gunicorn)/environ")
        assert f"HOSTILE={HOSTILE}" in seen.splitlines()
        assert live_host.shell(f"ls {MARK} 2>/dev/null", check=False) == ""
    finally:
        assert live_host.fab("configure", content=true).status == 0
    live_host.wait_until_well()
