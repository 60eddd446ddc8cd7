"""Keeps what a logged-in person may do as the register has it now.

Claims are kept on Firebase's user, so a change of roles or status has to be carried there: at once, when the
member's document changes, and again by the nightly run, which finds what was missed. If a right was lost,
refresh tokens are revoked with it, so no token that says more is renewed; a right that was gained is in the
next token, for which an open page asks. A person who is no longer in the register loses the
user too, whose claims hold a kennitala; the next log-in makes a new one.

`logins/{uid}` remembers whose user is whose; no client can read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from firebase_admin import auth
from google.cloud import firestore
from google.cloud.firestore import FieldFilter

from .membership import LOGINS, Membership, Register
from .moved_rights import MovedRights
from .roles import Roles
from .user_pages import UserPages

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rights:
    """The rights of all who have ever logged in."""

    register: Register
    roles: Roles
    users: UserPages

    def logged_in(self, uid: str, membership: Membership) -> None:
        """Set the claims of somebody who logs in, remember whose user that is, and that they are verified."""
        self.register.set_claims(uid, membership)
        document = {"kennitala": membership.kennitala, "lastLoginAt": firestore.SERVER_TIMESTAMP}
        self._logins.document(uid).set(document)
        self.register.mark_verified(membership)

    def renew(self, kennitala: str) -> int:
        """Bring one person's users up to date; how many were not."""
        self.moved.carry_over(kennitala)
        self.roles.settle(kennitala)
        return self._renew(self._users_of(kennitala))

    def forget(self, kennitala: str) -> None:
        """Remove every user of somebody who was erased, also one without claims (`moved_rights`)."""
        self.renew(kennitala)
        if kennitala in self.register.memberships({kennitala}):
            return
        for user in self._users_of(kennitala):
            self._forget(user.uid)

    def renew_all(self, seconds: float) -> int:
        """Bring users up to date, as many as the time allows; how many were not.

        It begins behind the users of the last run, so everybody has their turn, however many there are.
        """
        self.moved.carry_over_all()
        self.roles.settle_all()
        return sum(self._renew(page) for page in self.users.within(seconds))

    @property
    def moved(self) -> MovedRights:
        """What follows those whose kennitala was corrected."""
        return MovedRights(self.register)

    @property
    def _logins(self) -> firestore.CollectionReference:
        return self.register.client.collection(LOGINS)

    def _users_of(self, kennitala: str) -> list[auth.UserRecord]:
        found = self._logins.where(filter=FieldFilter("kennitala", "==", kennitala)).stream()
        return [user for login in found if (user := self._user(login.id))]

    def _user(self, uid: str) -> auth.UserRecord | None:
        try:
            return auth.get_user(uid, app=self.register.app)
        except auth.UserNotFoundError:
            self._logins.document(uid).delete()
            return None

    def _renew(self, users: Sequence[auth.UserRecord]) -> int:
        """Users without claims have never logged in with us and may do nothing."""
        claims = {user.uid: user.custom_claims for user in users if user.custom_claims}
        members = self.register.memberships({str(claim.get("kennitala")) for claim in claims.values()})
        stale = 0
        for uid, claim in claims.items():
            membership = members.get(str(claim.get("kennitala")))
            if membership is None:
                self._forget(uid)
            elif membership.claims != claim:
                self._change(uid, claim, membership)
            else:
                continue
            stale += 1
        return stale

    def _change(self, uid: str, before: Mapping[str, Any], membership: Membership) -> None:
        auth.set_custom_user_claims(uid, membership.claims, app=self.register.app)
        if not _is_only_more(before, membership):
            auth.revoke_refresh_tokens(uid, app=self.register.app)
        log.info("rights changed", audit=True, uid=uid, roles=membership.roles)

    def _forget(self, uid: str) -> None:
        auth.delete_user(uid, app=self.register.app)
        self._logins.document(uid).delete()
        log.info("user of nobody in the register removed", audit=True, uid=uid)


def _is_only_more(before: Mapping[str, Any], membership: Membership) -> bool:
    """Whether these claims grant nothing that the membership does not. What is malformed may be anything."""
    roles = before.get("roles")
    return isinstance(roles, list) and set(map(str, roles)) <= set(membership.roles)
