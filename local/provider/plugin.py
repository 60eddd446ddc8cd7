"""Serves Pulumi's provider protocol for a catalogue of resource types.

Owns the translation between the engine's messages and `ResourceType`; leaves each type to its own module.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from importlib.metadata import version
from typing import Any, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.provider.bridge.defaults import plain
from local.provider.engine_log import EngineLog
from local.provider.messages import EXPECTED, diff_response, encode_outputs, half_made, unmarked
from local.provider.properties import Properties, decode, encode
from local.provider.resource_type import Call, HalfMadeError, Inputs, ProviderError, ResourceType, Urn
from local.world import WorldError

MAXIMUM_MESSAGE_BYTES = 400 * 1024 * 1024
PARALLEL_CALLS = 32
ENGINE_POLL_SECONDS = 1

Invoke = Callable[[Mapping[str, str], Inputs], dict[str, Any]]
"""A function of the provider: from its settings and the arguments to the result."""


Request = TypeVar("Request")
Response = TypeVar("Response")
Method = Callable[["Plugin", Request, grpc.ServicerContext], Response]


def answering(method: Method[Request, Response]) -> Method[Request, Response]:
    """Answer with the message of an expected failure; an unexpected one shows its traceback."""

    @wraps(method)
    def answer(plugin: Plugin, request: Request, context: grpc.ServicerContext) -> Response:
        try:
            return method(plugin, request, context)
        except (ProviderError, WorldError) as error:
            context.abort(EXPECTED, str(error))
        except Exception as error:
            traceback.print_exc()
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")

    return answer


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one engine. The methods' names are those of Pulumi's protocol."""

    # ruff: noqa: N802, D102 - the protocol documents its methods

    def __init__(
        self, types: Mapping[str, ResourceType], invokes: Mapping[str, Invoke], version: str, log: EngineLog
    ) -> None:
        self._types = types
        self._invokes = invokes
        self._version = version
        self._log = log
        self._settings: dict[str, str] = {}
        self._cancelled = threading.Event()

    def Handshake(
        self, _request: provider_pb2.ProviderHandshakeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, _request: Empty, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    def Cancel(self, _request: Empty, _context: grpc.ServicerContext) -> Empty:
        self._cancelled.set()
        return Empty()

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        changed = decode(request.old_inputs).values != decode(request.news).values
        kinds = provider_pb2.DiffResponse
        return provider_pb2.DiffResponse(changes=kinds.DIFF_SOME if changed else kinds.DIFF_NONE)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        values = decode(request.args).values
        self._settings = {key: str(value) for key, value in values.items() if value is not None}
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @answering
    def Invoke(
        self, request: provider_pb2.InvokeRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        function = self._invokes.get(request.tok)
        if function is None:
            raise ProviderError(f"the local provider has no function {request.tok}")
        result = function(self._settings, decode(request.args).values)
        response = provider_pb2.InvokeResponse()
        # The field has the name of a keyword.
        getattr(response, "return").CopyFrom(encode(Properties(result)))
        return response

    @answering
    def Check(
        self, request: provider_pb2.CheckRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        call = self._call(request.urn)
        resource_type, given = self._type(call), decode(request.news)
        inputs = resource_type.complete(call, given.values, decode(request.olds).values, request.randomSeed)
        problems = resource_type.check(call, inputs)
        failures = [provider_pb2.CheckFailure(property=p.property, reason=p.reason) for p in problems]
        complete = encode(Properties(inputs, given.secret_paths))
        return provider_pb2.CheckResponse(inputs=complete, failures=failures)

    @answering
    def Diff(
        self, request: provider_pb2.DiffRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        call = self._call(request.urn)
        resource_type = self._type(call)
        state, old = plain(decode(request.olds).values), plain(decode(request.old_inputs).values)
        new = decode(request.news).values
        found = list(resource_type.differences(call, state, old, plain(new)))
        return diff_response(found, delete_first=resource_type.deletes_first(new))

    @answering
    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        call, inputs = self._call(request.urn), unmarked(request.properties)
        resource_type = self._type(call)
        if request.preview:
            outputs, resource_id = resource_type.preview(call, inputs.values, None), ""
        else:
            try:
                resource_id, outputs = resource_type.create(call, inputs.values)
            except HalfMadeError as error:
                left = encode_outputs(resource_type, error.outputs, inputs)
                details = half_made(error, request.properties, left)
                context.set_trailing_metadata((("grpc-status-details-bin", details),))
                raise
        return provider_pb2.CreateResponse(
            id=resource_id, properties=encode_outputs(resource_type, outputs, inputs)
        )

    @answering
    def Update(
        self, request: provider_pb2.UpdateRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        call, new = self._call(request.urn), unmarked(request.news)
        resource_type, old = self._type(call), unmarked(request.olds).values
        if request.preview:
            outputs = resource_type.preview(call, new.values, old)
        else:
            outputs = resource_type.update(call, request.id, old, new.values)
        return provider_pb2.UpdateResponse(properties=encode_outputs(resource_type, outputs, new))

    @answering
    def Read(
        self, request: provider_pb2.ReadRequest, _context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        call, known = self._call(request.urn), unmarked(request.inputs)
        resource_type = self._type(call)
        found = resource_type.read(call, request.id, unmarked(request.properties).values)
        if found is None:
            return provider_pb2.ReadResponse()
        resource_id, inputs, outputs = found
        kept = request.inputs if known.values else encode(Properties(dict(inputs)))
        return provider_pb2.ReadResponse(
            id=resource_id, inputs=kept, properties=encode_outputs(resource_type, outputs, known)
        )

    @answering
    def Delete(self, request: provider_pb2.DeleteRequest, _context: grpc.ServicerContext) -> Empty:
        call = self._call(request.urn)
        self._type(call).delete(call, request.id, unmarked(request.properties).values)
        return Empty()

    def _call(self, urn: str) -> Call:
        return Call(
            urn=Urn(urn),
            settings=self._settings,
            say=lambda message: self._log.say(urn, message),
            cancelled=self._cancelled.is_set,
        )

    def _type(self, call: Call) -> ResourceType:
        found = self._types.get(call.urn.type)
        if found is None:
            raise ProviderError(f"the local provider does not realise the type {call.urn.type}")
        return found


def serve(sdk: str, types: Sequence[ResourceType], invokes: Mapping[str, Invoke]) -> None:
    """Serve the engine whose address is the first argument: print a port, and run until the engine ends this.

    `sdk` is the Python package whose provider this stands in for; it tells which version is meant.
    """
    # The variable that found this module must not reach the commands that the providers run.
    os.environ.pop("PYTHONPATH", None)
    log = EngineLog(sys.argv[1] if len(sys.argv) > 1 else "")
    plugin = Plugin({each.pulumi_type: each for each in types}, invokes, version(sdk), log)
    limits = [
        ("grpc.max_receive_message_length", MAXIMUM_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAXIMUM_MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=PARALLEL_CALLS), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
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
