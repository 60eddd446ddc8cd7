"""Which wanted state a host was brought to, written on the host when provisioning has ended.

A hash of all of it, so that `pulumi up` needs nobody's password if there is nothing to do (`fab provision
--if-changed`). And each file and folder by itself, so that `fab status` sees what differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from deploy.provision.operations import Operation, file
from deploy.remote import layout
from deploy.remote.host import Host
from deploy.remote.verbs import ask


def digest(operations: Iterable[Operation]) -> str:
    """The hash of all that a bare host would need."""
    parts = [
        [operation.title, operation.fact.command, operation.content, operation.plan(operation.fact.read(""))]
        for operation in operations
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def recorded(host: Host) -> str:
    """What the host was brought to last; empty if that is not known. Raises DeployError."""
    return ask(host, "provisioned").stdout.strip()


def record(wanted: str) -> Operation:
    """The operation that writes it down."""
    return file(layout.PROVISIONED, f"{wanted}\n")


def record_each(operations: Iterable[Operation]) -> Operation:
    """The operation that writes down every file and folder that these leave."""
    leaves = {path: left for operation in operations for path, left in operation.leaves.items()}
    return file(layout.WRITTEN, json.dumps(leaves, indent=1, sort_keys=True) + "\n")
