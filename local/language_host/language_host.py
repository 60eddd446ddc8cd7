"""Pulumi's Python language host on the SDK's own automation server.

Stands in for the official `pulumi-language-python`, which is part of Pulumi's distribution and is not served
by any package registry. It runs a program as the official one does: in its own folder, which is the first
entry of `sys.path`, as `__main__`. A policy pack runs in a process and an environment of its own.
Run as a script, so that this project's own modules are not importable.
"""

from __future__ import annotations

import os
import queue
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

MAXIMUM_MESSAGE_BYTES = 400 * 1024 * 1024
"""Pulumi's limit for one message between its parts, in bytes."""
POLICY_PACK = "analyzer"
"""A policy pack's kind of plugin in Pulumi's protocol."""
PULUMI_POLICY = "pulumi.policy"
"""The SDK's module that runs a pack. Its arguments are the engine's address and the pack's folder."""
CHUNK_BYTES = 64 * 1024
ENGINE_POLL_SECONDS = 1


class ProgramHost(LanguageServer):
    """Runs the program that each request names. The methods' names are those of Pulumi's protocol."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def Handshake(  # noqa: N802
        self, _request: language_pb2.LanguageHandshakeRequest, _context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Answer the engine's handshake. Its address comes with every run as well."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: Empty, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802
        """Say which host this is. It has no version of its own."""
        return plugin_pb2.PluginInfo()

    def Cancel(self, _request: Empty, _context: grpc.ServicerContext) -> Empty:  # noqa: N802
        """Do nothing if the user interrupts: the engine closes its monitor, and that ends the program."""
        return Empty()

    def Run(  # noqa: N802
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program in its own folder until all its resources are registered."""
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

    def RunPlugin(  # noqa: N802
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack until the engine ends it; answer with what it prints."""
        if request.kind != POLICY_PACK:
            context.abort(
                grpc.StatusCode.UNIMPLEMENTED, f"this host runs no plugin of the kind {request.kind}"
            )
        python = _python_of(request.info)
        if not python.exists():
            message = f"the policy pack has no {python}: run `python -m local toolchain`"
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
        engine, *options = request.args
        with subprocess.Popen(
            [python, "-u", "-m", PULUMI_POLICY, engine, request.info.program_directory, *options],
            cwd=request.pwd,
            env=dict(variable.split("=", 1) for variable in request.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            context.add_callback(process.kill)
            yield from _output(process)
            yield language_pb2.RunPluginResponse(exitcode=process.wait())


def _python_of(pack: language_pb2.ProgramInfo) -> Path:
    """The interpreter of the environment in the pack's PulumiPolicy.yaml."""
    return Path(pack.program_directory) / str(pack.options["virtualenv"]) / "bin" / "python"


def _output(process: subprocess.Popen[bytes]) -> Iterator[language_pb2.RunPluginResponse]:
    """Yield what a process prints on both streams until both are closed."""
    said: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()

    def read(stream: IO[bytes] | None, answer: Callable[[bytes], language_pb2.RunPluginResponse]) -> None:
        assert stream  # noqa: S101 (a pipe was asked for)  # nosec B101
        while chunk := os.read(stream.fileno(), CHUNK_BYTES):
            said.put(answer(chunk))
        said.put(None)

    readers = (
        threading.Thread(target=read, args=(process.stdout, _printed), daemon=True),
        threading.Thread(target=read, args=(process.stderr, _complained), daemon=True),
    )
    for reader in readers:
        reader.start()
    for _ in readers:
        yield from iter(said.get, None)


def _printed(chunk: bytes) -> language_pb2.RunPluginResponse:
    return language_pb2.RunPluginResponse(stdout=chunk)


def _complained(chunk: bytes) -> language_pb2.RunPluginResponse:
    return language_pb2.RunPluginResponse(stderr=chunk)


def main() -> None:
    """Serve one engine: print the port for its calls, and run until the engine ends this process."""
    limits = [
        ("grpc.max_receive_message_length", MAXIMUM_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAXIMUM_MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=8), options=limits)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(ProgramHost(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    # The engine ends its plugins with an interrupt and waits at most five seconds for each.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    engine = os.getppid()
    server.start()
    print(port, flush=True)
    # An engine that was killed ends nobody. What it left would go on, beside the next run.
    while server.wait_for_termination(timeout=ENGINE_POLL_SECONDS):
        if os.getppid() != engine:
            server.stop(grace=None).wait()
            os._exit(1)


if __name__ == "__main__":
    main()
