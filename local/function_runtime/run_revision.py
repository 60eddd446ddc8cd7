"""Starts one revision of a function: `python -m local.function_runtime.run_revision WORLD REVISION`.

The supervisor runs this instead of the function itself, so that the secret values go from their files into
the function's environment and stand in no other file. The process becomes the function's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.function_runtime.python_environments import SERVER
from local.linode.machine import Machine
from local.resource_store import ResourceStore
from local.services.secret_payloads import read_payload, resolve_version
from local.world import World

REVISIONS = "run.revisions"


class RevisionError(Exception):
    """The revision cannot start; the message goes to its log."""


def environment(world: World, revision: Mapping[str, Any], bin_folder: Path) -> dict[str, str]:
    """Exactly the container's environment: declared variables, secrets, and the platform's own."""
    store = ResourceStore(world)
    given = {"PATH": f"{bin_folder}:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    for variable in revision["containers"][0]["env"]:
        reference = variable.get("valueSource")
        value = _secret(world, store, reference["secretKeyRef"]) if reference else variable["value"]
        given[variable["name"]] = value
    return given | _trust(world)


def _trust(world: World) -> dict[str, str]:
    """Whose certificates are believed: in place of the authorities in Google's image, the bundle that holds
    this world's own too, from which its host has a certificate. A world without a host has none."""
    bundle = Machine(world).tls / "ca-bundle.pem"
    return {"SSL_CERT_FILE": str(bundle), "REQUESTS_CA_BUNDLE": str(bundle)} if bundle.exists() else {}


def _secret(world: World, store: ResourceStore, reference: Mapping[str, str]) -> str:
    version = resolve_version(store, reference["secret"], reference["version"])
    if version is None:
        raise RevisionError(f"{reference['secret']} has no enabled version {reference['version']}")
    return read_payload(world, version.name).decode()


def main(world_name: str, revision_name: str) -> None:
    """Replace this process by the function's server."""
    world = World.load(world_name)
    record = ResourceStore(world).get(REVISIONS, revision_name)
    if record is None:
        raise RevisionError(f"{revision_name} is not declared")
    bin_folder = Path(record.status["environment"]) / "bin"
    given = environment(world, record.resource, bin_folder)
    os.chdir(record.status["source"])
    server = str(bin_folder / SERVER)
    os.execve(server, [server, "--host", world.address, "--source", "main.py"], given)  # noqa: S606  # nosec B606


if __name__ == "__main__":
    main(*sys.argv[1:])
