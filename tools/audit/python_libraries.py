"""Python's libraries: what pip-audit says of the exact versions that a lock file pins.

pip-audit passes over a library of which it got no answer, and then says that nothing was found. Here that is
no answer.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.audit.findings import CouldNotAskError, Finding, answer_of

Pin = tuple[str, str]
"""A library's name and its version."""
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
LOCAL_VERSION = re.compile(r"\+.*")
"""What `2.2.28+deb11u13.2` adds to the version that the advisories know."""


def pins_of_uv(lock: str) -> list[Pin]:
    """What a uv.lock pins from a registry; the project itself is not from one."""
    packages = tomllib.loads(lock)["package"]
    return [(found["name"], found["version"]) for found in packages if "registry" in found["source"]]


def pins_of_requirements(text: str) -> list[Pin]:
    """What a file of requirements pins, each as the version that it was made of."""
    return [(name, LOCAL_VERSION.sub("", version)) for name, version in PINNED.findall(text)]


def ask(source: str, pins: Iterable[Pin]) -> list[Finding]:
    """What is known of these versions. Raises CouldNotAskError."""
    findings = []
    for group in _once_each(pins):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "requirements.txt"
            file.write_text("".join(f"{name}=={version}\n" for name, version in group))
            findings += understood(source, answer_of(_command(file), file.parent))
    return findings


def understood(source: str, answer: str) -> list[Finding]:
    """The findings in pip-audit's JSON. Raises CouldNotAskError if any library has no answer."""
    try:
        libraries = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        raise CouldNotAskError("pip-audit did not answer in its JSON") from None
    skipped = [library["skip_reason"] for library in libraries if "skip_reason" in library]
    if skipped:
        raise CouldNotAskError(f"no answer for {len(skipped)} of {len(libraries)} libraries: {skipped[0]}")
    return [_finding(source, library, known) for library in libraries for known in library["vulns"]]


def _command(file: Path) -> list[str]:
    program = str(Path(sys.executable).parent / "pip-audit")
    options = ["--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off"]
    return [program, f"--requirement={file}", *options]


def _once_each(pins: Iterable[Pin]) -> list[list[Pin]]:
    """The pins in groups, none of which has two versions of a library: pip-audit refuses those."""
    versions = defaultdict(list)
    for name, version in sorted(set(pins)):
        versions[name].append(version)
    most = max(map(len, versions.values()), default=0)
    return [[(name, those[n]) for name, those in versions.items() if n < len(those)] for n in range(most)]


def _finding(source: str, library: dict[str, Any], known: dict[str, Any]) -> Finding:
    return Finding(
        source=source,
        package=library["name"],
        version=library["version"],
        names=(known["id"], *known.get("aliases", [])),
        fixed_in=tuple(known.get("fix_versions", [])),
        summary=" ".join(known.get("description", "").split())[:200],
    )
