"""The host's Debian packages: what debsecan says of those for which Debian has a fix.

The host only tells what is installed (`fab packages`); debsecan asks Debian from here, so the host needs no
way to Debian's tracker. A vulnerability without a fix is Debian's to judge, and is not listed.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

from local.world import ROOT
from tools.audit.findings import CouldNotAskError, Finding, answer_of

INSTALLED = re.compile(r"^Package: (\S+)$.*?^Version: (\S+)$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^((?:CVE|TEMP)-\S+) (\S+)", re.MULTILINE)
NOTHING = "nothing"
"""What stands for an empty answer, so that no answer at all is not taken for one."""


def ask(source: str) -> list[Finding]:
    """What is known of the stack's host (FABRIC_STACK, or the one-machine world). Raises CouldNotAskError."""
    fab = str(Path(sys.executable).parent / "fab")
    try:
        host = json.loads(answer_of([fab, "packages"], ROOT))
    except ValueError:
        raise CouldNotAskError("fab packages did not answer in JSON") from None
    with tempfile.TemporaryDirectory() as folder:
        status = Path(folder) / "status"
        status.write_text(host["status"])
        debsecan = f"debsecan --suite={host['release']} --status={status} --format=simple --only-fixed"
        # debsecan ends with 0 and no line if there is nothing to say.
        answer = answer_of(["sh", "-c", f"{debsecan} && echo {NOTHING}"], ROOT)
    return understood(source, answer, host["status"])


def understood(source: str, answer: str, status: str) -> list[Finding]:
    """The findings in debsecan's lines. Raises CouldNotAskError if it did not come to its end."""
    if not answer.rstrip().endswith(NOTHING):
        raise CouldNotAskError("debsecan did not come to its end")
    installed = dict(INSTALLED.findall(status))
    return [
        Finding(source, package, installed.get(package, "unknown"), (name,), ("Debian has a fix",))
        for name, package in LINE.findall(answer)
    ]
