"""A resource that was made and failed is told to the engine with its id, so that it stays in the stack."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf import struct_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.provider.engine_log import EngineLog
from local.provider.plugin import Plugin
from local.provider.resource_type import Call, HalfMadeError, Inputs, Outputs, ResourceType

KIND = "test:index:Broken"


class Broken(ResourceType):
    """A type whose resources fail after they were made."""

    pulumi_type = KIND

    def preview(self, call: Call, inputs: Inputs, old: Inputs | None) -> Outputs:
        """Nothing but the inputs."""
        return dict(inputs)

    def create(self, call: Call, inputs: Inputs) -> tuple[str, Outputs]:
        """Fail half-way."""
        raise HalfMadeError("the build failed", "functions/f", {**inputs, "state": "FAILED"})

    def update(self, call: Call, resource_id: str, old: Inputs, new: Inputs) -> Outputs:
        """Not called."""
        raise NotImplementedError

    def delete(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Not called."""
        raise NotImplementedError

    def read(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Not called."""
        raise NotImplementedError


@pytest.fixture
def stub() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    plugin = Plugin({KIND: Broken()}, {}, "1.0.0", EngineLog(""))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


def test_a_failed_creation_tells_what_is_left(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    given = struct_pb2.Struct()
    given.update({"name": "f", "__defaults": []})
    urn = f"urn:pulumi:test::ekklesia::{KIND}::f"
    with pytest.raises(grpc.RpcError, match="the build failed") as failed:
        stub.Create(provider_pb2.CreateRequest(urn=urn, properties=given))
    metadata = {each.key: each.value for each in failed.value.trailing_metadata()}
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    # The engine's side ignores details whose code is not that of the answer.
    assert status.code == failed.value.code().value[0]
    left = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(left)
    assert (left.id, list(left.reasons)) == ("functions/f", ["the build failed"])
    assert dict(left.properties) == {"name": "f", "state": "FAILED"}
    assert left.inputs == given
