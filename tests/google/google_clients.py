"""google-api-python-client at a world's front ends, with Google's own descriptions of its APIs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document

from local.google.frame.discovery import document
from local.world import World


@contextmanager
def discovered_at(world: World, name: str) -> Iterator[Any]:
    """A client of an API, such as `iam.v1`, as the project's owner."""
    described = dict(document(name))
    root = f"{world.url('googleapis')}/{name.split('.', maxsplit=1)[0]}/"
    described |= {"rootUrl": root, "baseUrl": f"{root}{described['servicePath']}"}
    client = build_from_document(described, credentials=Credentials("owner"))
    try:
        yield client
    finally:
        client.close()
