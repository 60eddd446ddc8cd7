"""The Pulumi CLI, in the version of the Python SDK in the lock file."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from pulumi.automation import PulumiCommand

from local.steps import Say
from local.toolchain import go
from local.toolchain.tool import BIN, Tool, link, output_of, run_logged

SOURCE = Path(__file__).parent / "pulumi_cli"
MODULE = "github.com/pulumi/pulumi"
VERSION = version("pulumi")
INSTALLER_PATIENCE_SECONDS = 20.0


def find() -> str | None:
    """The CLI on the PATH, if it has the SDK's version."""
    pulumi = shutil.which("pulumi")
    return f"v{VERSION} at {pulumi}" if pulumi and output_of([pulumi, "version"]) == f"v{VERSION}" else None


def install(say: Say) -> str:
    """Use Pulumi's own installer; if that cannot be reached, build the CLI from its Go module."""
    try:
        with _impatient():
            official = PulumiCommand.install()
    except (OSError, subprocess.SubprocessError):
        return _build(say)
    link(Path(official.command), "pulumi")
    return f"installed v{VERSION} with Pulumi's installer"


def _build(say: Say) -> str:
    """Compile the CLI from the module that go.mod pins. The first time takes about three minutes."""
    flags = f"-s -w -X {MODULE}/sdk/v3/go/common/version.Version=v{VERSION}"
    BIN.mkdir(parents=True, exist_ok=True)
    target = BIN / "pulumi"
    say("Pulumi's installer cannot be reached; building from the Go module, some three minutes")
    command: list[str | Path] = [go.executable(say), "build", "-mod=readonly", "-ldflags", flags]
    run_logged("pulumi", [*command, "-o", target, f"{MODULE}/pkg/v3/cmd/pulumi"], SOURCE)
    return f"built v{VERSION} from its Go module"


@contextmanager
def _impatient() -> Iterator[None]:
    """Limit the SDK's download, which has no time-out: behind a firewall it would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(INSTALLER_PATIENCE_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


TOOL = Tool("pulumi", "brings the program up", find, install)
