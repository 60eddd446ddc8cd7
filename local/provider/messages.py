"""The parts of the provider's answers that say more than a resource's values."""

from __future__ import annotations

import grpc
from google.protobuf import struct_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2

from local.provider.bridge.defaults import plain
from local.provider.difference import Change
from local.provider.properties import Properties, decode, encode
from local.provider.resource_type import HalfMadeError, Inputs, ResourceType

EXPECTED = grpc.StatusCode.FAILED_PRECONDITION
"""The status of a failure that the person who declared the resource can do something about."""


def half_made(error: HalfMadeError, inputs: struct_pb2.Struct, outputs: struct_pb2.Struct) -> bytes:
    """What the engine keeps of a resource that was made and failed."""
    left = provider_pb2.ErrorResourceInitFailed(
        id=error.resource_id, properties=outputs, inputs=inputs, reasons=[str(error)]
    )
    status = status_pb2.Status(code=EXPECTED.value[0], message=str(error))
    status.details.add().Pack(left)
    return bytes(status.SerializeToString())


def unmarked(message: struct_pb2.Struct) -> Properties:
    """The properties without the marks of Check, which only Check and Diff read."""
    found = decode(message)
    return Properties(plain(found.values), found.secret_paths)


def encode_outputs(resource_type: ResourceType, outputs: Inputs, inputs: Properties) -> struct_pb2.Struct:
    """The outputs, of which those are secret whose inputs are, and what the type says."""
    secret = {path for path in inputs.secret_paths if path[0] in outputs}
    secret.update(resource_type.secret_outputs(outputs, inputs))
    return encode(Properties(dict(outputs), frozenset(secret)))


def diff_response(found: list[Change], delete_first: bool) -> provider_pb2.DiffResponse:
    """What would change, and whether the old resource goes first if a new one is needed."""
    replacing = [change for change in found if change.replaces]
    kinds = provider_pb2.DiffResponse
    return provider_pb2.DiffResponse(
        changes=kinds.DIFF_SOME if found else kinds.DIFF_NONE,
        diffs=sorted({str(change.path[0]) for change in found}),
        replaces=[change.name for change in replacing],
        deleteBeforeReplace=bool(replacing) and delete_first,
        hasDetailedDiff=True,
        detailedDiff={change.name: _property_diff(change) for change in found},
    )


def _property_diff(change: Change) -> provider_pb2.PropertyDiff:
    kind = f"{change.kind.value}_REPLACE" if change.replaces else change.kind.value
    return provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.Value(kind), inputDiff=True)
