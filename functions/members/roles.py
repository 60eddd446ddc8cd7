"""Who is staff: the one module that writes `members/{kennitala}.roles`, and the history of those writes.

Roles live in the member's document alone; no rule lets a browser write them, and no sync carries them. Each
change is written in one transaction with an entry of `role_changes`: who, whom, before, after, when.

Nobody changes their own roles, and whoever asks is an active superuser when the change is committed. So a
superuser always stays, also if two remove each other at once. Only the register can take the last one, by
ending the membership or erasing the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from firebase_functions.https_fn import FunctionsErrorCode
from google.cloud import firestore

from runtime import kennitala as kennitalas
from runtime.caller import CallableError, Caller, forbidden, invalid

from .membership import GRANTED_ROLES, Members, Membership, granted_roles

ROLE_CHANGES = "role_changes"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RoleOrder:
    """One role that a member is to have, or to have no more."""

    kennitala: str
    role: str
    granted: bool

    @classmethod
    def parse(cls, data: Any) -> RoleOrder:
        """Read `{kennitala, role, granted}`. Raises CallableError."""
        if not isinstance(data, Mapping) or set(data) != {"kennitala", "role", "granted"}:
            raise invalid("wanted are `kennitala`, `role` and `granted`")
        if not isinstance(data["kennitala"], str) or not isinstance(data["granted"], bool):
            raise invalid("`kennitala` is a text and `granted` true or false")
        if data["role"] not in GRANTED_ROLES:
            raise invalid(f"a role is one of {', '.join(GRANTED_ROLES)}")
        try:
            return cls(kennitalas.normalise(data["kennitala"]), data["role"], data["granted"])
        except kennitalas.InvalidKennitalaError as error:
            raise invalid(str(error)) from error

    def after(self, before: list[str]) -> list[str]:
        """The roles that a person with these then has."""
        return [role for role in GRANTED_ROLES if (self.granted if role == self.role else role in before)]


@dataclass(frozen=True)
class Roles:
    """The roles of all members."""

    client: firestore.Client

    def order(self, caller: Caller, data: Any) -> dict[str, Any]:
        """`setmemberrole`: do as a superuser asks. Raises CallableError."""
        order = RoleOrder.parse(data)
        if not caller.is_superuser:
            raise _not_a_superuser()
        if order.kennitala == caller.kennitala:
            raise forbidden("nobody may change their own roles")

        @firestore.transactional
        def run(transaction: firestore.Transaction) -> list[str]:
            if not Members(self.client).membership(caller.kennitala, transaction).is_superuser:
                raise _not_a_superuser()
            return self.change(transaction, order, by=caller.kennitala)

        after = run(self.client.transaction())
        log.info("role set", audit=True, uid=caller.uid, kennitala=order.kennitala, roles=after)
        return {"roles": after}

    def change(self, transaction: firestore.Transaction, order: RoleOrder, *, by: str) -> list[str]:
        """Write a change and its entry of the history; the roles afterwards. Raises CallableError.

        `by`: the superuser's kennitala, or who else asked.
        """
        document = self.client.collection("members").document(order.kennitala)
        snapshot = document.get(transaction=transaction)
        if not snapshot.exists:
            raise CallableError(FunctionsErrorCode.NOT_FOUND, "there is no such member")
        fields = snapshot.to_dict() or {}
        if order.granted and not Membership.of(order.kennitala, fields).is_member:
            raise CallableError(
                FunctionsErrorCode.FAILED_PRECONDITION, "only an active member can be given a role"
            )
        before = granted_roles(fields)
        after = order.after(before)
        if after != before:
            transaction.update(document, {"roles": after})
            transaction.create(self._entry(), _entry(order.kennitala, by, before, after))
        return after

    def _entry(self) -> firestore.DocumentReference:
        return self.client.collection(ROLE_CHANGES).document()


def _entry(kennitala: str, by: str, before: list[str], after: list[str]) -> dict[str, Any]:
    at = firestore.SERVER_TIMESTAMP
    return {"kennitala": kennitala, "by": by, "before": before, "after": after, "at": at}


def _not_a_superuser() -> CallableError:
    return forbidden("only superusers may change roles")
