"""The Firebase SDK for the browser: its ready-made ES modules, which the portal serves itself.

The modules import one another from Google's CDN; this module replaces that address by the portal's own.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from portal.release.errors import ReleaseError

MODULES = ("firebase-app.js", "firebase-auth.js", "firebase-firestore.js")
PREFIX = "/vendor/firebase/"
"""The folder of the modules on the site."""

_CDN = re.compile(r"https://www\.gstatic\.com/firebasejs/(?P<version>[^/\"]+)/")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def firebase_modules(packages: Path) -> dict[str, bytes]:
    """The modules of the installed SDK by their path on the site. `packages` is a `node_modules` folder."""
    folder = packages / "firebase"
    if not folder.is_dir():
        raise ReleaseError(f"{folder} is missing: run `npm ci` in {packages.parent}")
    version = json.loads((folder / "package.json").read_text())["version"]
    return {f"{PREFIX}{name}": _own_address((folder / name).read_text(), version) for name in MODULES}


def _own_address(module: str, version: str) -> bytes:
    """The module, importing the others from this site, without a reference to a source map."""
    others = {found["version"] for found in _CDN.finditer(module)} - {version}
    if others:
        raise ReleaseError(f"Firebase SDK {version} imports modules of {', '.join(sorted(others))}")
    return _SOURCE_MAP.sub("", _CDN.sub(PREFIX, module)).encode()
