"""The functions that the portal calls: log-in, membership, profile and roles. And the health check.

Browsers call the first four directly, so those are open to the world; each checks its caller's token or input
itself. The health check says how the functions are configured, so it is closed: whoever looks after the
project asks it with their own identity (docs/runbook.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from infra import function_environment as environment
from infra.cloud_function import ANYONE, CloudFunction, FunctionSpec, Prerequisites
from infra.custom_roles import (
    CHANGE_USERS,
    CREATE,
    DELETE,
    MAKE_USERS,
    READ,
    READ_USERS,
    TRANSACT,
    UPDATE,
)
from infra.firestore_database import Firestore
from infra.function_source import FunctionSource
from infra.names import DATABASE, LOGIN_LIMITS_DATABASE, RIGHTS_DATABASE
from infra.secret_manager import SecretManager
from infra.settings import Settings


@dataclass(frozen=True)
class PortalFunctions:
    """The functions of the portal."""

    handle_kenni_auth: CloudFunction
    verify_membership: CloudFunction
    updatememberprofile: CloudFunction
    setmemberrole: CloudFunction
    healthz: CloudFunction


def declare(
    settings: Settings,
    source: FunctionSource,
    secrets: SecretManager,
    firestore: Firestore,
    after: Prerequisites,
) -> PortalFunctions:
    """Declare the functions, and open those of the browsers to the world."""
    waits = after.plus(firestore.database, firestore.rights)

    def closed(spec: FunctionSpec) -> CloudFunction:
        return CloudFunction(settings, spec, source=source, after=waits)

    def public(spec: FunctionSpec) -> CloudFunction:
        function = closed(spec)
        function.allow("anyone", ANYONE)
        return function

    return PortalFunctions(
        handle_kenni_auth=public(_handle_kenni_auth(settings, secrets)),
        verify_membership=public(_verify_membership(settings)),
        updatememberprofile=public(_updatememberprofile(settings)),
        setmemberrole=public(_setmemberrole(settings)),
        healthz=closed(_healthz(settings)),
    )


def _called_by_browsers(settings: Settings) -> dict[str, str]:
    return environment.project(settings) | environment.browser(settings)


def _handle_kenni_auth(settings: Settings, secrets: SecretManager) -> FunctionSpec:
    return FunctionSpec(
        name="handleKenniAuth",
        entry_point="handle_kenni_auth",
        account_id="fn-handle-kenni-auth",
        purpose="Exchanges a log-in at Kenni.is for a Firebase token",
        environment=_called_by_browsers(settings) | environment.kenni(settings) | environment.login_limits(),
        secrets={"KENNI_IS_CLIENT_SECRET": secrets.kenni_client_secret},
        documents={
            # The person's own document, by its number; and that this user is theirs.
            DATABASE: [READ, CREATE, UPDATE],
            RIGHTS_DATABASE: [READ],
            LOGIN_LIMITS_DATABASE: [READ, CREATE, UPDATE],
        },
        users=[READ_USERS, MAKE_USERS, CHANGE_USERS],
        signs_tokens=True,
        # The first log-in of the day should not wait for a cold start.
        min_instances=1,
    )


def _verify_membership(settings: Settings) -> FunctionSpec:
    return FunctionSpec(
        name="verifyMembership",
        entry_point="verify_membership",
        account_id="fn-verify-membership",
        purpose="Tells a logged-in person whether they are a member, and sets the claims",
        environment=_called_by_browsers(settings),
        documents={DATABASE: [READ, UPDATE], RIGHTS_DATABASE: [READ]},
        users=[READ_USERS, MAKE_USERS, CHANGE_USERS],
    )


def _updatememberprofile(settings: Settings) -> FunctionSpec:
    return FunctionSpec(
        name="updatememberprofile",
        entry_point="updatememberprofile",
        account_id="fn-updatememberprofile",
        purpose="Changes a member's own profile",
        environment=_called_by_browsers(settings),
        documents={DATABASE: [TRANSACT, READ, CREATE, UPDATE], RIGHTS_DATABASE: [READ]},
    )


def _setmemberrole(settings: Settings) -> FunctionSpec:
    return FunctionSpec(
        name="setmemberrole",
        entry_point="setmemberrole",
        account_id="fn-setmemberrole",
        purpose="Gives a member a role or takes it away, for a superuser",
        environment=_called_by_browsers(settings),
        documents={
            DATABASE: [TRANSACT, READ, CREATE, UPDATE],
            RIGHTS_DATABASE: [READ, CREATE, UPDATE, DELETE],
        },
    )


def _healthz(settings: Settings) -> FunctionSpec:
    return FunctionSpec(
        name="healthz",
        entry_point="healthz",
        account_id="fn-healthz",
        purpose="Says what is configured, never the values",
        environment=_called_by_browsers(settings)
        | environment.kenni(settings)
        | environment.django(settings),
        memory="256Mi",
    )
