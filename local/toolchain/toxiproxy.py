"""toxiproxy: a proxy that delays and cuts connections, for the sync's proofs and its benchmark."""

from __future__ import annotations

import shutil
from pathlib import Path

from local.steps import Say
from local.toolchain import go
from local.toolchain.tool import BIN, Tool, ToolMissingError, run_logged

SOURCE = Path(__file__).parent / "toxiproxy_server"
PACKAGE = "github.com/Shopify/toxiproxy/v2/cmd/server"
PROGRAM = "toxiproxy-server"


def find() -> str | None:
    """The server on the PATH, of any version: its builds do not say which one they are."""
    return shutil.which(PROGRAM)


def install(say: Say) -> str:
    """Build it from the Go module that go.mod pins."""
    BIN.mkdir(parents=True, exist_ok=True)
    target = BIN / PROGRAM
    run_logged("toxiproxy", [go.executable(say), "build", "-mod=readonly", "-o", target, PACKAGE], SOURCE)
    return "built from its Go module"


def program() -> str:
    """The server's path. Raises ToolMissingError if `make up` has not installed it yet."""
    path = find() or str(BIN / PROGRAM)
    if not Path(path).exists():
        raise ToolMissingError("toxiproxy is not here; run `make up`, which installs it")
    return path


TOOL = Tool(PROGRAM, "cuts and delays the sync's connections in proofs and benchmarks", find, install)
