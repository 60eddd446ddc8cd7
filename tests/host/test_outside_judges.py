"""What other people's checkers say about the live host: its sshd, its TLS and its headers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.figures import Tell
from tests.host.live_host import LiveHost
from tests.observatory import observatory

SSLYZE = "sslyze==6.3.1"
"""It wants an older `cryptography` than we do, so it runs in an environment of its own."""
JUDGING_SECONDS = 300
KINDS = ("kex", "key", "enc", "mac")
NO_POST_QUANTUM = "does not provide protection against post-quantum attacks"
ARGUED = {("kex", name, NO_POST_QUANTUM) for name in ("curve25519-sha256", "curve25519-sha256@libssh.org")}
"""The only key exchange that both Debian 12's sshd and Fabric's library know (docs/hardening.md)."""

EXPOSURE = re.compile(r"exposure level for (\S+): ([0-9.]+ [A-Z]+)")
WELL = {"OK", "SAFE"}
"""systemd's words for an exposure of less than five of ten."""


def test_ssh_audit_warns_of_nothing_but_what_is_argued(live_host: LiveHost) -> None:
    done = judge(
        str(Path(sys.executable).with_name("ssh-audit")), "--json", "--skip-rate-test", live_host.address
    )
    found = json.loads(done.stdout)
    notes = {level: set(notes_of(found, level)) for level in ("fail", "warn")}
    assert notes == {"fail": set(), "warn": ARGUED}
    assert all(found[kind] for kind in KINDS)


def test_sslyze_finds_tls_as_mozilla_recommends(live_host: LiveHost, tell: Tell) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "uv, which made this environment, is not on the PATH"
    alone = [uv, "run", "--isolated", "--no-project", "--quiet", "--with", SSLYZE]
    trust = f"--certinfo_ca_file={live_host.authority}"
    done = judge(*alone, "python", "-m", "sslyze", "--mozilla_config=intermediate", trust, live_host.address)
    verdict = [line.strip() for line in done.stdout.splitlines() if "ompliant" in line]
    tell(f"sslyze: {'; '.join(verdict)}")
    assert done.returncode == 0, done.stdout[-3000:]
    assert verdict[-1] == f"{live_host.address}:443: OK - Compliant."


def test_mdns_observatory_gives_the_admin_its_best_grade(live_host: LiveHost, tell: Tell) -> None:
    verdict = observatory.judge(live_host.address, live_host.authority)
    tell(f"MDN Observatory, the admin: {verdict['grade']}, {verdict['score']}")
    assert (verdict["grade"], verdict["score"] >= observatory.FULL_SCORE) == ("A+", True), verdict


def test_systemd_finds_no_unit_of_ours_exposed(live_host: LiveHost, tell: Tell) -> None:
    each = "for unit in gunicorn.service ekklesia-*.service; do"
    asked = f"cd /etc/systemd/system; {each} systemd-analyze security --no-pager $unit | tail -1; done"
    found = dict(EXPOSURE.findall(live_host.shell(asked)))
    tell(f"systemd-analyze security: {', '.join(map(' '.join, found.items()))}")
    assert {"gunicorn.service", "ekklesia-egress.service", "ekklesia-base-backup.service"} <= set(found)
    assert {name: verdict for name, verdict in found.items() if verdict.split()[1] not in WELL} == {}


def notes_of(found: dict[str, Any], level: str) -> Iterator[tuple[str, str, str]]:
    """ssh-audit's complaints about the algorithms that sshd offers: kind, name, complaint."""
    for kind in KINDS:
        for offer in found[kind]:
            for note in offer.get("notes", {}).get(level, []):
                yield kind, offer["algorithm"], note


def judge(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=JUDGING_SECONDS,
        stdin=subprocess.DEVNULL,
    )
