"""Makes the first superuser, or one more if all others cannot be reached (break-glass).

The write is that of `setmemberrole`: same checks, same history. Only who asks differs: an operator, whom
Google names, instead of a superuser.
"""

from __future__ import annotations

from dataclasses import dataclass

from google.api_core.exceptions import GoogleAPICallError

from deploy.cloud.identity import Operator
from deploy.remote.errors import DeployError
from members.membership import Members
from members.roles import Roles
from runtime.caller import CallableError
from runtime.kennitala import InvalidKennitalaError, mask, normalise


@dataclass(frozen=True)
class Appointment:
    """An active member who is to be superuser, and the superusers that there are already."""

    kennitala: str
    name: str
    superusers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({mask(self.kennitala)})"


def planned(members: Members, typed: str) -> Appointment:
    """Look the person up. Raises DeployError if they are no active member."""
    try:
        kennitala = normalise(typed)
    except InvalidKennitalaError as error:
        raise DeployError(str(error)) from error
    try:
        membership = members.membership(kennitala)
        snapshot = members.client.collection("members").document(kennitala).get(["name"])
        others = tuple(sorted(map(mask, Roles(members).superusers() - {kennitala})))
    except GoogleAPICallError as error:
        raise DeployError(f"Firestore: {error.message}") from error
    if not membership.is_member:
        raise DeployError(f"{mask(kennitala)} is no active member; nothing was changed")
    return Appointment(kennitala, str((snapshot.to_dict() or {}).get("name", "?")), others)


def carry_out(operator: Operator, appointment: Appointment, *, force: bool) -> list[str]:
    """Give the role; the person's roles afterwards. Raises DeployError if there is a superuser already."""
    try:
        return Roles(operator.members).appoint(
            appointment.kennitala, by=f"operator {operator.name}", force=force
        )
    except CallableError as error:
        raise DeployError(str(error)) from error
    except GoogleAPICallError as error:
        raise DeployError(f"Firestore: {error.message}") from error
