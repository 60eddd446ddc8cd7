"""Pulumi's host for Python programs: the official one, or else this project's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from local.environment import LANGUAGE_HOST
from local.steps import Say
from local.toolchain.tool import Tool, ToolMissingError

NAME = "pulumi-language-python"


def find() -> str | None:
    """The one that the CLI finds: beside its own executable, or else on the PATH."""
    pulumi = shutil.which("pulumi")
    beside = Path(pulumi).resolve().parent / NAME if pulumi else None
    if beside and beside.exists():
        return f"official, at {beside}"
    found = shutil.which(NAME)
    if not found:
        return None
    return "this project's own" if Path(found).parent == LANGUAGE_HOST else f"at {found}"


def install(_say: Say) -> str:
    """Nothing can be fetched: the project contains its own."""
    raise ToolMissingError(f"{LANGUAGE_HOST / NAME} is not there or not executable; restore it from git")


TOOL = Tool("language host", "runs the Pulumi program", find, install)
