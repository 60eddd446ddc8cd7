"""The portal's modules and style sheets as one file each, at an address that changes with their content.

A phone on a slow line asks for three files instead of seventy, and never again for one that it has.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.release.errors import ReleaseError

ENTRIES = {"/js/main.js": "main.js", "/css/portal.css": "portal.css"}
"""What the page names in the sources → its file in the bundle."""
FOLDER = "/assets"
"""Browsers keep what is below it for ever (`hosting.json`)."""
NAME_LENGTH = 16
"""Hexadecimal digits of a hash that name a bundle."""
BUNDLED = re.compile(rf"{FOLDER}/(?P<bundle>[0-9a-f]{{{NAME_LENGTH}}})/")
OPTIONS = (
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--charset=utf8",
    "--legal-comments=none",
    "--entry-names=[name]",
    "--log-level=warning",
)
SECONDS = 120


@dataclass(frozen=True)
class Bundle:
    """A bundle: its name, which is the hash of its content, and its files by their names."""

    name: str
    files: Mapping[str, bytes]

    @property
    def hosted(self) -> dict[str, bytes]:
        """The files by their path on the site."""
        return {f"{FOLDER}/{self.name}/{name}": content for name, content in self.files.items()}

    def page(self, source: str) -> str:
        """A page of the sources, naming the files of the bundle. Raises ReleaseError."""
        for named, name in ENTRIES.items():
            if f'"{named}"' not in source:
                raise ReleaseError(f"index.html does not name {named}")
            source = source.replace(f'"{named}"', f'"{FOLDER}/{self.name}/{name}"')
        return source


def bundled(portal: Path) -> Bundle:
    """Bundle the sources of `portal/`. Raises ReleaseError with the bundler's first line."""
    program = portal / "node_modules" / ".bin" / "esbuild"
    if not program.exists():
        raise ReleaseError(f"{program} is missing: run `npm ci` in {portal}")
    with tempfile.TemporaryDirectory() as folder:
        words = [str(program), *(f"public{entry}" for entry in ENTRIES), *OPTIONS, f"--outdir={folder}"]
        run = subprocess.run(words, cwd=portal, capture_output=True, text=True, check=False, timeout=SECONDS)
        if run.returncode != 0:
            raise ReleaseError(f"esbuild: {_first_line(run.stderr)}")
        files = {name: (Path(folder) / name).read_bytes() for name in ENTRIES.values()}
    return Bundle(_hash(files), files)


def _first_line(complaint: str) -> str:
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    return lines[0] if lines else "it failed without a word"


def _hash(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()[:NAME_LENGTH]
