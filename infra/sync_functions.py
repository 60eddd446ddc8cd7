"""The functions that move members between Firestore and Django.

`bidirectional_sync`, `track_member_changes` and `operatordecision` are closed to the world. Browsers call
`syncmembers` and `decideheld`, so these are open to the world; they serve only administrators and superusers.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp
from pulumi_gcp.cloudfunctionsv2 import FunctionEventTriggerEventFilterArgs as EventFilter

from infra import function_environment as environment
from infra import service_accounts
from infra.cloud_function import ANYONE, CloudFunction, FunctionSpec, Prerequisites
from infra.custom_roles import (
    CHANGE_USERS,
    CREATE,
    DELETE,
    QUERY,
    READ,
    READ_USERS,
    REMOVE_USERS,
    TRANSACT,
    UPDATE,
)
from infra.firestore_database import Firestore
from infra.function_source import FunctionSource
from infra.names import DATABASE, ERASED_DATABASE, RIGHTS_DATABASE
from infra.secret_manager import SecretManager, StoredSecret
from infra.settings import Settings

EVERY_DOCUMENT = (TRANSACT, READ, QUERY, CREATE, UPDATE, DELETE)
RIGHTS = (READ_USERS, CHANGE_USERS, REMOVE_USERS)
"""To take from logged-in persons what the register no longer grants them."""
THE_LIST = (READ, QUERY)
"""Of erased keys: one at a time, and whole."""
MEMBER_DOCUMENTS = "members/{memberId}"
FULL_RUN_SECONDS = 540


@dataclass(frozen=True)
class SyncFunctions:
    """The functions of the sync."""

    bidirectional_sync: CloudFunction
    track_member_changes: CloudFunction
    syncmembers: CloudFunction
    decideheld: CloudFunction
    operatordecision: CloudFunction

    @property
    def deployed(self) -> list[pulumi.Resource]:
        """All of them, for what has to come after them."""
        return [
            self.bidirectional_sync.function,
            self.track_member_changes.function,
            self.syncmembers.function,
            self.decideheld.function,
            self.operatordecision.function,
        ]


@dataclass(frozen=True)
class _Parts:
    settings: Settings
    source: FunctionSource
    secrets: SecretManager
    after: Prerequisites


def declare(
    settings: Settings,
    source: FunctionSource,
    secrets: SecretManager,
    firestore: Firestore,
    after: Prerequisites,
) -> SyncFunctions:
    """Declare the functions and the event trigger. Their callers but browsers get their rights elsewhere."""
    after = after.plus(firestore.database, firestore.rights, firestore.erased)
    parts = _Parts(settings, source, secrets, after)
    return SyncFunctions(
        bidirectional_sync=CloudFunction(
            settings, _bidirectional_sync(parts), source=source, after=parts.after
        ),
        track_member_changes=_track_member_changes(parts),
        syncmembers=_syncmembers(parts),
        decideheld=_decideheld(parts),
        operatordecision=CloudFunction(settings, _operatordecision(parts), source=source, after=parts.after),
    )


def _calls_django(parts: _Parts) -> dict[str, str]:
    settings = parts.settings
    return environment.project(settings) | environment.django(settings) | environment.sync(settings)


def _secrets(parts: _Parts, function: str) -> dict[str, StoredSecret]:
    """Its own token for Django, and the key of the list of erased keys."""
    secrets = parts.secrets
    return {"DJANGO_API_TOKEN": secrets.api_tokens[function], "ERASED_KEYS_KEY": secrets.erased_keys_key}


def _bidirectional_sync(parts: _Parts) -> FunctionSpec:
    return FunctionSpec(
        name="bidirectional_sync",
        entry_point="bidirectional_sync",
        account_id="fn-bidirectional-sync",
        purpose="Reconciles what is pending, or every member",
        environment=_calls_django(parts),
        secrets=_secrets(parts, "bidirectional_sync"),
        documents={
            DATABASE: EVERY_DOCUMENT,
            RIGHTS_DATABASE: (READ, QUERY, CREATE, UPDATE, DELETE),
            # The only one that puts keys on the list; nobody takes one off.
            ERASED_DATABASE: (*THE_LIST, CREATE, UPDATE),
        },
        users=RIGHTS,
        timeout_seconds=FULL_RUN_SECONDS,
    )


def _syncmembers(parts: _Parts) -> CloudFunction:
    spec = FunctionSpec(
        name="syncmembers",
        entry_point="syncmembers",
        account_id="fn-syncmembers",
        purpose="Runs the full comparison for an administrator",
        environment=_calls_django(parts) | environment.browser(parts.settings),
        secrets=_secrets(parts, "syncmembers"),
        documents={DATABASE: EVERY_DOCUMENT, RIGHTS_DATABASE: (READ,), ERASED_DATABASE: THE_LIST},
        timeout_seconds=FULL_RUN_SECONDS,
    )
    function = CloudFunction(parts.settings, spec, source=parts.source, after=parts.after)
    function.allow("anyone", ANYONE)
    return function


def _decideheld(parts: _Parts) -> CloudFunction:
    spec = FunctionSpec(
        name="decideheld",
        entry_point="decideheld",
        account_id="fn-decideheld",
        purpose="Releases or refuses what is held, for a superuser",
        environment=_calls_django(parts) | environment.browser(parts.settings),
        secrets=_secrets(parts, "decideheld"),
        documents={DATABASE: EVERY_DOCUMENT, RIGHTS_DATABASE: (READ,), ERASED_DATABASE: THE_LIST},
        timeout_seconds=FULL_RUN_SECONDS,
    )
    function = CloudFunction(parts.settings, spec, source=parts.source, after=parts.after)
    function.allow("anyone", ANYONE)
    return function


def _operatordecision(parts: _Parts) -> FunctionSpec:
    return FunctionSpec(
        name="operatordecision",
        entry_point="operatordecision",
        account_id="fn-operatordecision",
        purpose="Releases or refuses what is held, for a named operator",
        environment=_calls_django(parts),
        secrets=_secrets(parts, "operatordecision"),
        documents={DATABASE: EVERY_DOCUMENT, ERASED_DATABASE: THE_LIST},
        timeout_seconds=FULL_RUN_SECONDS,
    )


def _track_member_changes(parts: _Parts) -> CloudFunction:
    opts = pulumi.ResourceOptions(depends_on=parts.after.services)
    deliverer = service_accounts.account(
        parts.settings, "member-events", "Delivers Firestore's events to track_member_changes", opts
    )
    receiver = service_accounts.grant_on_project(
        parts.settings, deliverer, ["roles/eventarc.eventReceiver"], opts
    )
    spec = FunctionSpec(
        name="track_member_changes",
        entry_point="track_member_changes",
        account_id="fn-track-member-changes",
        purpose="Reconciles a member whose document was written",
        environment=_calls_django(parts),
        secrets=_secrets(parts, "track_member_changes"),
        documents={
            DATABASE: EVERY_DOCUMENT,
            RIGHTS_DATABASE: (READ, CREATE, UPDATE, DELETE),
            ERASED_DATABASE: (READ,),
        },
        users=RIGHTS,
        ingress="ALLOW_INTERNAL_ONLY",
    )
    after, written = parts.after.plus(*receiver), _written(parts.settings, deliverer)
    function = CloudFunction(parts.settings, spec, parts.source, after, written)
    function.allow("member-events", service_accounts.member(deliverer))
    return function


def _written(
    settings: Settings, deliverer: gcp.serviceaccount.Account
) -> gcp.cloudfunctionsv2.FunctionEventTriggerArgs:
    """Any write of a member document; Eventarc repeats the delivery until the function succeeds."""
    return gcp.cloudfunctionsv2.FunctionEventTriggerArgs(
        event_type="google.cloud.firestore.document.v1.written",
        trigger_region=settings.region,
        retry_policy="RETRY_POLICY_RETRY",
        service_account_email=deliverer.email,
        event_filters=[
            EventFilter(attribute="database", value=DATABASE),
            EventFilter(attribute="document", value=MEMBER_DOCUMENTS, operator="match-path-pattern"),
        ],
    )
