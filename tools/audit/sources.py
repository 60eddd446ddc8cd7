"""What is asked about: each lock file of the repository, and the stack's host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local.world import ROOT
from tools.audit import debian_packages, npm_packages, python_libraries
from tools.audit.findings import Finding

UV_LOCKS = ("uv.lock", "infra/policies/pack/uv.lock")
REQUIREMENTS = (
    "functions/requirements.txt",
    "linode/requirements/current.txt",
    "linode/requirements/legacy.txt",
    "linode/requirements/pip.txt",
    "tests/provider/program/function/requirements.txt",
)
NOT_DEPLOYED = ("linode/requirements/legacy-floor.txt",)
"""Django 2.2.3 as production once had it: known to be vulnerable, for tests only."""
NPM_LOCKS = (
    "portal/package-lock.json",
    "local/node/package-lock.json",
    "tests/observatory/package-lock.json",
)
HOST = "host"


@dataclass(frozen=True)
class Source:
    """Something with versions, and how to ask about them."""

    name: str
    ask: Callable[[], list[Finding]]


def _of_uv(name: str) -> list[Finding]:
    return python_libraries.ask(name, python_libraries.pins_of_uv((ROOT / name).read_text()))


def _of_requirements(name: str) -> list[Finding]:
    return python_libraries.ask(name, python_libraries.pins_of_requirements((ROOT / name).read_text()))


def _of_npm(name: str) -> list[Finding]:
    return npm_packages.ask(name, Path(ROOT / name))


SOURCES = (
    *(Source(name, partial(_of_uv, name)) for name in UV_LOCKS),
    *(Source(name, partial(_of_requirements, name)) for name in REQUIREMENTS),
    *(Source(name, partial(_of_npm, name)) for name in NPM_LOCKS),
    Source(HOST, partial(debian_packages.ask, HOST)),
)
