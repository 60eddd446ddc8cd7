"""The portal's and the tests' npm packages: what npm audit says of a package-lock.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.audit.findings import CouldNotAskError, Finding, answer_of

COMMAND = ("npm", "audit", "--json", "--package-lock-only")


def ask(source: str, lock: Path) -> list[Finding]:
    """What is known of the locked versions. Raises CouldNotAskError."""
    packages = json.loads(lock.read_text())["packages"]
    return understood(source, answer_of(COMMAND, lock.parent), packages)


def understood(source: str, answer: str, packages: Mapping[str, Any]) -> list[Finding]:
    """The findings in npm's JSON, each with the version that the lock file has at that place.

    Raises CouldNotAskError if npm tells an error instead; it does so in JSON too.
    """
    try:
        told = json.loads(answer)
    except ValueError:
        raise CouldNotAskError("npm audit did not answer in JSON") from None
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        raise CouldNotAskError(f"npm audit: {_reason(told)}")
    found = {
        Finding(source, known["name"], _version(places, packages), (_id(known),), summary=known["title"])
        for name, known, places in _advisories(told["vulnerabilities"])
    }
    return sorted(found)


def _advisories(vulnerable: Mapping[str, Any]) -> list[tuple[str, dict[str, Any], list[str]]]:
    """Each advisory with its package and the places in the lock file; what only leads to one is left out."""
    return [
        (name, known, entry["nodes"])
        for name, entry in vulnerable.items()
        for known in entry["via"]
        if isinstance(known, dict)
    ]


def _version(places: list[str], packages: Mapping[str, Any]) -> str:
    versions = {packages[place]["version"] for place in places if place in packages}
    return ", ".join(sorted(versions)) or "unknown"


def _id(known: Mapping[str, Any]) -> str:
    """The advisory's name at GitHub, which is the end of its address."""
    return str(known["url"]).rpartition("/")[2]


def _reason(told: Any) -> str:
    message = told.get("message") if isinstance(told, dict) else None
    return str(message or "no list of vulnerabilities").splitlines()[0]
