"""All tools, in the order in which they need one another; finds or installs each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from local.environment import extend_path
from local.exclusive import exclusively
from local.steps import Say
from local.toolchain import (
    firestore_emulator,
    java,
    language_host,
    node,
    node_packages,
    policy_pack,
    postgresql10,
    pulumi_cli,
    python36,
    system_packages,
    toxiproxy,
)
from local.toolchain.tool import Tool, ToolMissingError
from local.world import CACHE

TOOLS = (
    system_packages.TOOL,
    node.TOOL,
    node_packages.TOOL,
    firestore_emulator.TOOL,
    java.TOOL,
    pulumi_cli.TOOL,
    language_host.TOOL,
    policy_pack.TOOL,
    toxiproxy.TOOL,
    python36.TOOL,
    postgresql10.TOOL,
)


def ensure_all(console: Console) -> None:
    """Find or install every tool, with a line for each. Raises ToolMissingError if a required one fails."""
    extend_path()
    for tool in TOOLS:
        started = time.monotonic()
        said = tool.find() or _install(tool, console)
        seconds = time.monotonic() - started
        line = f"{tool.name:<19} {said} · {tool.purpose} ({seconds:.2f} s)"
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def missing() -> list[tuple[Tool, str]]:
    """The tools that are not here, with what to do about each."""
    extend_path()
    return [(tool, tool.without or "run `make up`, which installs it") for tool in TOOLS if not tool.find()]


def _install(tool: Tool, console: Console) -> str:
    console.print(f"{tool.name:<19} not here; installing it", highlight=False)
    try:
        with _telling(tool, console) as say, exclusively(CACHE / "install.lock"):
            # Another run may have installed it while this one waited.
            return tool.find() or tool.install(say)
    except ToolMissingError as error:
        if tool.without:
            return f"missing: {error}; {tool.without}"
        raise ToolMissingError(f"{tool.name}: {error}") from error


@contextmanager
def _telling(tool: Tool, console: Console) -> Iterator[Say]:
    """Show an installation's progress: on a terminal one line with a clock, elsewhere a line each time."""
    if not console.is_terminal:
        yield lambda text: console.print(f"{tool.name:<19} {text}", highlight=False, soft_wrap=True)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("waiting")
        yield lambda text: progress.update(task, description=text)
