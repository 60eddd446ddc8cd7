"""The register, its roles and the rights of a deployed function, with its own clients."""

from __future__ import annotations

from functools import cache

from runtime import clients
from sync import deployed as sync_parts
from sync.backoff import Backoff
from sync.django_client import DjangoClient

from .confirmed_roles import ConfirmedRoles
from .forgetting import Forgetting
from .membership import Members, Register
from .rights import Rights
from .roles import Roles
from .search import Search
from .user_pages import UserPages

SEARCH_ATTEMPTS = 2
SEARCH_SECONDS = 10.0
"""For an answer of the host. After all attempts, the function has time left to look a kennitala up."""


def members() -> Members:
    """The members, as the function's service account sees them."""
    return Members(clients.firestore_client(), ConfirmedRoles(clients.rights_client()))


def register() -> Register:
    """The members, and Firebase's users."""
    return Register(members().client, members().confirmed, clients.firebase_app())


def roles() -> Roles:
    """Who is staff."""
    return Roles(members())


def search() -> Search:
    """What finds members."""
    return Search(members(), searched_host())


@cache
def searched_host() -> DjangoClient:
    """The host, asked twice and not for long, since a person waits. An instance keeps its connections."""
    return sync_parts.django_client(Backoff(attempts=SEARCH_ATTEMPTS), SEARCH_SECONDS)


def forgetting() -> Forgetting:
    """What carries out erasures in the cloud."""
    return Forgetting(sync_parts.deployed_sync(), rights())


def rights() -> Rights:
    """What logged-in persons may do, and how it is taken from them."""
    return Rights(register(), roles(), UserPages(clients.rights_client(), clients.firebase_app()))
