"""Whether a person is a member, and what their ID token therefore says.

Claims: `kennitala`, `roles` (of member, admin, superuser) and `isMember`. They are kept on the user, not in
one session's token: whenever a token is refreshed, it carries the claims of that moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from firebase_admin import App, auth
from firebase_functions.https_fn import FunctionsErrorCode
from google.api_core import exceptions as google_errors
from google.cloud import firestore

from runtime.caller import STAFF_ROLES, SUPERUSER, CallableError, Caller, forbidden
from runtime.kennitala import is_kennitala, mask

from .confirmed_roles import ConfirmedRoles

ACTIVE, SUSPENDED, LEFT = "active", "suspended", "left"
STATUSES = (ACTIVE, SUSPENDED, LEFT)
MEMBER = "member"
LOGINS = "logins"
"""Whose user is whose (`rights.py`)."""
GRANTED_ROLES = ("admin", SUPERUSER)
"""Roles that an active member's document may name; only `roles.py` writes them there."""

log = structlog.get_logger(__name__)


def granted_roles(document: Mapping[str, Any]) -> list[str]:
    """The known roles that a member's document names, whether or not they count now."""
    named = document.get("roles")
    return [role for role in GRANTED_ROLES if isinstance(named, list) and role in named]


def numbers_before(document: Mapping[str, Any]) -> list[str]:
    """The old numbers of somebody whose kennitala was corrected, until their rights are carried over."""
    named = document.get("movedFrom")
    return [number for number in named if is_kennitala(number)] if isinstance(named, list) else []


@dataclass(frozen=True)
class Membership:
    """What the register says of one person."""

    kennitala: str
    status: str | None
    """One of STATUSES; None for who is not in the register, or whose status nobody can read."""
    roles: tuple[str, ...]
    verified: bool

    @classmethod
    def of(
        cls, kennitala: str, document: Mapping[str, Any] | None, confirmed: Collection[str] = ()
    ) -> Membership:
        """Read a member's document, None if there is none. A malformed value grants nothing.

        `confirmed`: the roles that count if the document names them too (`confirmed_roles.py`).
        """
        fields = document or {}
        standing = fields.get("membership")
        named = standing.get("status") if isinstance(standing, Mapping) else None
        status = next((known for known in STATUSES if known == named), None)
        granted = [role for role in granted_roles(fields) if role in confirmed]
        roles = [MEMBER, *granted] if status == ACTIVE else []
        return cls(kennitala, status, tuple(roles), fields.get("verified") is True)

    @property
    def is_member(self) -> bool:
        """Whether they are an active member."""
        return self.status == ACTIVE

    @property
    def is_staff(self) -> bool:
        """Whether they may act for other members."""
        return any(role in STAFF_ROLES for role in self.roles)

    @property
    def is_superuser(self) -> bool:
        """Whether they may say who is staff."""
        return SUPERUSER in self.roles

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of the person's ID token."""
        return {"kennitala": self.kennitala, "roles": list(self.roles), "isMember": self.is_member}


@dataclass(frozen=True)
class Members:
    """What the members' documents say, now."""

    client: firestore.Client
    confirmed: ConfirmedRoles

    def membership(self, kennitala: str, transaction: firestore.Transaction | None = None) -> Membership:
        """Look a person up. A text that is no kennitala names nobody."""
        if not is_kennitala(kennitala):
            return Membership.of(kennitala, None)
        snapshot = self.client.collection("members").document(kennitala).get(transaction=transaction)
        return self.read(snapshot)

    def read(self, snapshot: Any) -> Membership:
        """What a document's snapshot says. Only one that names a role is held against the confirmed ones."""
        fields = snapshot.to_dict() or {}
        return Membership.of(snapshot.id, fields, self.confirmed_roles(snapshot.id, fields))

    def confirmed_roles(self, kennitala: str, fields: Mapping[str, Any]) -> frozenset[str]:
        """The roles that count if the document names them, too, be it at the number that was corrected."""
        if not granted_roles(fields):
            return frozenset()
        numbers = [kennitala, *numbers_before(fields)]
        return frozenset().union(*(self.confirmed.of(number) for number in numbers))

    def memberships(self, kennitalas: Iterable[str]) -> dict[str, Membership]:
        """Those of them that are in the register, in one read."""
        members = self.client.collection("members")
        documents = self.client.get_all(
            [members.document(number) for number in kennitalas if is_kennitala(number)]
        )
        return {found.id: self.read(found) for found in documents if found.exists}

    def require_staff(self, caller: Caller, message: str) -> None:
        """Raise CallableError with the message unless the caller is staff, by their token and now.

        A token tells what was true up to an hour ago, so the caller's own document is asked, too.
        """
        if not caller.is_staff or not self.membership(caller.kennitala).is_staff:
            raise forbidden(message)

    def require_superuser(self, caller: Caller, message: str) -> None:
        """The same for superusers."""
        if SUPERUSER not in caller.roles or SUPERUSER not in self.membership(caller.kennitala).roles:
            raise forbidden(message)


@dataclass(frozen=True)
class Register(Members):
    """The members, and Firebase's users, whose claims say what they may do."""

    app: App

    def set_claims(self, uid: str, membership: Membership) -> None:
        """Keep the claims on the user, and make the user at their first login."""
        try:
            auth.set_custom_user_claims(uid, membership.claims, app=self.app)
        except auth.UserNotFoundError:
            auth.create_user(uid=uid, app=self.app)
            auth.set_custom_user_claims(uid, membership.claims, app=self.app)

    def mark_verified(self, membership: Membership) -> None:
        """Note in a member's document that they have shown who they are, with their electronic ID."""
        if not membership.is_member or membership.verified:
            return
        try:
            self.client.collection("members").document(membership.kennitala).update({"verified": True})
        except google_errors.NotFound:
            log.info("a member who logs in was removed meanwhile", kennitala=membership.kennitala)

    def _require_present_number(self, caller: Caller) -> None:
        """Raise CallableError if the kennitala was corrected since this session began."""
        login = self.client.collection(LOGINS).document(caller.uid).get().to_dict() or {}
        if login.get("kennitala", caller.kennitala) != caller.kennitala:
            raise CallableError(
                FunctionsErrorCode.UNAUTHENTICATED, "your kennitala was corrected; log in again"
            )

    def verify(self, caller: Caller, _data: Any) -> dict[str, Any]:
        """`verifyMembership`: look the caller up, renew their claims, and mark a member as verified.

        A page of an earlier release does not know `status`, and reads `isMember`.
        """
        if not is_kennitala(caller.kennitala):
            raise forbidden("log in with your electronic ID")
        self._require_present_number(caller)
        membership = self.membership(caller.kennitala)
        self.set_claims(caller.uid, membership)
        self.mark_verified(membership)
        log.info("membership verified", audit=True, uid=caller.uid, is_member=membership.is_member)
        return {
            "isMember": membership.is_member,
            "status": membership.status,
            "verified": membership.is_member,
            "kennitala": mask(caller.kennitala),
        }
