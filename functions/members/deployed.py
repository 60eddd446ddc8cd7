"""The register and the rights of a deployed function, with its own clients."""

from __future__ import annotations

from runtime import clients

from .membership import Register
from .rights import Rights


def register() -> Register:
    """The members, as the function's service account sees them."""
    return Register(clients.firestore_client(), clients.firebase_app())


def rights() -> Rights:
    """What logged-in persons may do, and how it is taken from them."""
    return Rights(register())
