"""Pulumi's Python language host on the SDK's own automation server.

Stands in for the official `pulumi-language-python`, which is part of Pulumi's distribution and is not served
by any package registry. It runs a program as the official one does: in its own folder, which is the first
entry of `sys.path`, as `__main__`. Run as a script, so that this project's own modules are not importable.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

MAXIMUM_MESSAGE_BYTES = 400 * 1024 * 1024
"""Pulumi's own limit for one message between its parts."""


class ProgramHost(LanguageServer):
    """Runs the program that each request names. The methods' names are those of Pulumi's protocol."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def Handshake(  # noqa: N802
        self, _request: language_pb2.LanguageHandshakeRequest, _context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """The engine's greeting; the address it tells comes with every run as well."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: Empty, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802
        """Which host this is: none with a version of its own."""
        return plugin_pb2.PluginInfo()

    def Cancel(self, _request: Empty, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
        """The user interrupts: the engine shuts its monitor, which ends the program."""
        return Empty()

    def Run(  # noqa: N802
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program in its own folder until all that it declared is registered."""
        folder = Path(request.info.program_directory or request.pwd)
        entry = folder / (request.info.entry_point or ".")
        os.chdir(folder)
        sys.argv = [str(entry), *request.args[1:]]
        sys.path[0] = str(entry if entry.is_dir() else entry.parent)

        def program() -> None:
            runpy.run_path(str(entry), run_name="__main__")

        self.program = program
        response: language_pb2.RunResponse = super().Run(request, context)  # type: ignore[no-untyped-call]
        return response


def main() -> None:
    """Serve one engine: print the port it shall call, and stay until it ends us."""
    limits = [
        ("grpc.max_receive_message_length", MAXIMUM_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAXIMUM_MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=8), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(ProgramHost(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    # The engine ends its plugins with an interrupt and waits five seconds for those that do not go.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
