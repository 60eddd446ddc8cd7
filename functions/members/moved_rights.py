"""What follows a person to a corrected kennitala: confirmed roles, the history of roles, users and sessions.

The sync names the old numbers in the document at the new one (`movedFrom`), in the commit that makes it. They
stay there until all of this is done, so it survives a crash; each step may be made again.

A user who logged in with an old number loses claims and sessions, and gets nothing of the new number: a wrong
number may be somebody else's, whose log-in of the last hour would open a session with that (docs/adr/0088).
The next log-in takes the number from the electronic ID.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from firebase_admin import auth
from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore import FieldFilter

from .membership import LOGINS, Register, numbers_before
from .roles import ROLE_CHANGES

MOVED_FROM = "movedFrom"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class MovedRights:
    """Carries over what belongs to a person, from old numbers to the present one."""

    register: Register

    def carry_over(self, kennitala: str) -> None:
        """Do it if this is an old or a new number of somebody for whom it is not done yet."""
        members = self.register.client.collection("members")
        snapshot = members.document(kennitala).get()
        if not snapshot.exists:
            snapshot = next(iter(members.where(filter=_names(kennitala)).limit(1).stream()), snapshot)
        if snapshot.exists:
            self._carry(snapshot)

    def carry_over_all(self) -> None:
        """The same for everybody; a document without the field is in no such order."""
        for snapshot in self.register.client.collection("members").order_by(MOVED_FROM).stream():
            self._carry(snapshot)

    def _carry(self, snapshot: Any) -> None:
        olds = numbers_before(snapshot.to_dict() or {})
        for old in olds:
            self._carry_from(old, snapshot.id)
        if olds:
            self._note_that_it_is_done(snapshot)
            log.info("rights carried over to a corrected kennitala", audit=True, kennitala=snapshot.id)

    def _note_that_it_is_done(self, snapshot: Any) -> None:
        """If somebody has written the document meanwhile, that write has all of it done again."""
        unchanged = self.register.client.write_option(last_update_time=snapshot.update_time)
        try:
            snapshot.reference.update({MOVED_FROM: firestore.DELETE_FIELD}, option=unchanged)
        except google_errors.FailedPrecondition:
            return

    def _carry_from(self, old: str, new: str) -> None:
        confirmed = self.register.confirmed
        for role in sorted(confirmed.of(old)):
            confirmed.add(new, role)
        self._rename(ROLE_CHANGES, "kennitala", old, new)
        self._rename(ROLE_CHANGES, "by", old, new)
        for login in self._named(LOGINS, "kennitala", old):
            self._end_sessions(login.id)
        self._rename(LOGINS, "kennitala", old, new)
        confirmed.keep(old, [])

    def _end_sessions(self, uid: str) -> None:
        """Also that of a custom token that is not used yet: without claims it opens nothing."""
        try:
            auth.set_custom_user_claims(uid, None, app=self.register.app)
            auth.revoke_refresh_tokens(uid, app=self.register.app)
        except auth.UserNotFoundError:
            return

    def _rename(self, collection: str, field: str, old: str, new: str) -> None:
        for entry in self._named(collection, field, old):
            entry.reference.update({field: new})

    def _named(self, collection: str, field: str, kennitala: str) -> list[Any]:
        named = FieldFilter(field, "==", kennitala)
        return list(self.register.client.collection(collection).where(filter=named).stream())


def _names(old: str) -> FieldFilter:
    return FieldFilter(MOVED_FROM, "array_contains", old)
