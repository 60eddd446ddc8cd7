"""Who is staff: the one module that writes `members/{kennitala}.roles`, and the history of those writes.

Roles live in the member's document; no rule lets a browser write them, and no sync carries them. They count
if the database of confirmed roles names them too, so a restored register brings none back. Each change is
written in one transaction with an entry of `role_changes`: who, whom, before, after, when.

Nobody changes their own roles, and whoever asks is an active superuser when the change is committed. So a
superuser always stays, also if two remove each other at once. Only the register can take the last one, by
ending the membership or erasing the person. Then an operator appoints the next, as the first (`fab appoint`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from firebase_functions.https_fn import FunctionsErrorCode
from google.cloud import firestore
from google.cloud.firestore import FieldFilter

from runtime import kennitala as kennitalas
from runtime.caller import SUPERUSER, CallableError, Caller, forbidden, invalid

from .membership import GRANTED_ROLES, LEFT, Members, Membership, granted_roles

ROLE_CHANGES = "role_changes"
THE_REGISTER = "register"
"""Who took roles away that the confirmed ones, or the membership, no longer bear out."""

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
class Change:
    """An entry of the history: whose roles, who changed them, and what they were and are."""

    kennitala: str
    by: str
    before: list[str]
    after: list[str]


@dataclass(frozen=True)
class Roles:
    """The roles of all members."""

    members: Members

    def superusers(self, transaction: firestore.Transaction | None = None) -> set[str]:
        """The kennitala of everybody who is one now."""
        named = self._collection.where(filter=FieldFilter("roles", "array_contains", SUPERUSER))
        return {it.id for it in named.stream(transaction=transaction) if self.members.read(it).is_superuser}

    def order(self, caller: Caller, data: Any) -> dict[str, Any]:
        """`setmemberrole`: do as a superuser asks. Raises CallableError."""
        order = RoleOrder.parse(data)
        if not caller.is_superuser:
            raise _not_a_superuser()
        caller.require_recent_log_in()
        if order.kennitala == caller.kennitala:
            raise forbidden("nobody may change their own roles")

        def change(transaction: firestore.Transaction) -> list[str]:
            if not self.members.membership(caller.kennitala, transaction).is_superuser:
                raise _not_a_superuser()
            return self.change(transaction, order, by=caller.kennitala)

        after = self._carry_out(order, change)
        log.info("role set", audit=True, uid=caller.uid, kennitala=order.kennitala, roles=after)
        return {"roles": after}

    def appoint(self, kennitala: str, *, by: str, force: bool) -> list[str]:
        """Make a member a superuser, as an operator; the roles afterwards. Raises CallableError.

        Without `force` only if there is no superuser: whoever is one can do it in the portal.
        """
        order = RoleOrder(kennitala, SUPERUSER, granted=True)

        def change(transaction: firestore.Transaction) -> list[str]:
            if not force and self.superusers(transaction):
                raise CallableError(FunctionsErrorCode.ALREADY_EXISTS, "there is a superuser already")
            return self.change(transaction, order, by=by)

        return self._carry_out(order, change)

    def change(self, transaction: firestore.Transaction, order: RoleOrder, *, by: str) -> list[str]:
        """Write a change and its entry of the history; the roles afterwards. Raises CallableError.

        `by`: the superuser's kennitala, or who else asked.
        """
        snapshot = self._collection.document(order.kennitala).get(transaction=transaction)
        if not snapshot.exists:
            raise CallableError(FunctionsErrorCode.NOT_FOUND, "there is no such member")
        fields = snapshot.to_dict() or {}
        if order.granted and not Membership.of(order.kennitala, fields).is_member:
            raise CallableError(
                FunctionsErrorCode.FAILED_PRECONDITION, "only an active member can be given a role"
            )
        before = self._confirmed(order.kennitala, fields)
        after = order.after(before)
        if order.granted:
            # Before the document: a role counts once both name it, and a refused change leaves it unnamed.
            self.members.confirmed.add(order.kennitala, order.role)
        self._write(transaction, snapshot, Change(order.kennitala, by, before, after))
        return after

    def settle(self, kennitala: str) -> None:
        """Let a person's two places agree on the roles that count, by taking the others away.

        A membership that was ended ends them for good, so nobody who comes back is staff unasked. The history
        names nobody who is gone.
        """

        @firestore.transactional
        def run(transaction: firestore.Transaction) -> list[str]:
            snapshot = self._collection.document(kennitala).get(transaction=transaction)
            fields = snapshot.to_dict() or {}
            kept = [] if _has_left(fields) else self._confirmed(kennitala, fields)
            if snapshot.exists:
                change = Change(kennitala, THE_REGISTER, granted_roles(fields), kept)
                self._write(transaction, snapshot, change)
            elif self._has_moved(kennitala, transaction):
                return sorted(self.members.confirmed.of(kennitala))  # they go along to the new number
            else:
                self._mask(transaction, kennitala)
            return kept

        self._keep(kennitala, run(self.members.client.transaction()))

    def settle_all(self) -> None:
        """The same for everybody whom either place names; says so if nobody is superuser."""
        named = FieldFilter("roles", "array_contains_any", GRANTED_ROLES)
        holders = {it.id for it in self._collection.where(filter=named).select([]).stream()}
        for kennitala in sorted(holders | self.members.confirmed.everybodys().keys()):
            self.settle(kennitala)
        if not self.superusers():
            log.warning("nobody is superuser: an operator appoints one by `fab appoint`")

    def _carry_out(self, order: RoleOrder, change: Callable[[firestore.Transaction], list[str]]) -> list[str]:
        after: list[str] = firestore.transactional(change)(self.members.client.transaction())
        if not order.granted:
            self._keep(order.kennitala, after)
        return after

    def _keep(self, kennitala: str, roles: list[str]) -> None:
        confirmed = self.members.confirmed.of(kennitala)
        if not confirmed <= set(roles):
            self.members.confirmed.keep(kennitala, confirmed & set(roles))

    def _has_moved(self, kennitala: str, transaction: firestore.Transaction) -> bool:
        named = FieldFilter("movedFrom", "array_contains", kennitala)
        return any(True for _ in self._collection.where(filter=named).stream(transaction=transaction))

    def _confirmed(self, kennitala: str, fields: Mapping[str, Any]) -> list[str]:
        confirmed = self.members.confirmed_roles(kennitala, fields)
        return [role for role in granted_roles(fields) if role in confirmed]

    def _mask(self, transaction: firestore.Transaction, kennitala: str) -> None:
        for name in ("kennitala", "by"):
            named = self._history.where(filter=FieldFilter(name, "==", kennitala))
            for entry in named.stream():
                transaction.update(entry.reference, {name: kennitalas.mask(kennitala)})

    def _write(self, transaction: firestore.Transaction, snapshot: Any, change: Change) -> None:
        if change.after == granted_roles(snapshot.to_dict() or {}):
            return
        transaction.update(snapshot.reference, {"roles": change.after})
        transaction.create(self._history.document(), asdict(change) | {"at": firestore.SERVER_TIMESTAMP})

    @property
    def _history(self) -> firestore.CollectionReference:
        return self.members.client.collection(ROLE_CHANGES)

    @property
    def _collection(self) -> firestore.CollectionReference:
        return self.members.client.collection("members")


def _has_left(fields: Mapping[str, Any]) -> bool:
    standing = fields.get("membership")
    return isinstance(standing, Mapping) and standing.get("status") == LEFT


def _not_a_superuser() -> CallableError:
    return forbidden("only superusers may change roles")
