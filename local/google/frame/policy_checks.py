"""What a binding must be before it stands in a policy."""

from __future__ import annotations

import re

import cel

from local.google.frame.call import Body, Call
from local.services.google_errors import GoogleError, invalid
from local.services.iam import SERVICE_ACCOUNTS, service_account_name
from local.services.iam_roles import CUSTOM_ROLES, OWNER, UnknownRoleError, predefined

MEMBER = re.compile(
    r"allUsers|allAuthenticatedUsers"
    r"|(user|group|serviceAccount):[^\s:@]+@[a-z0-9.-]+|domain:[a-z0-9.-]+"
    r"|(principal|principalSet)://iam\.googleapis\.com/\S+"
    r"|project(Owner|Editor|Viewer):[a-z0-9-]+"
)


def require_right(call: Call, binding: Body) -> None:
    """Raise GoogleError 400 if Google would refuse the binding."""
    require_role(call, binding.get("role", ""))
    for member in binding.get("members", []):
        _require_member(call, member)
    if condition := binding.get("condition"):
        _require_condition(condition)


def require_account(call: Call, email: str) -> None:
    """Raise GoogleError 400 if one of the project's own service accounts does not exist."""
    own = email.endswith(f"@{call.project}.iam.gserviceaccount.com")
    if own and call.store.get(SERVICE_ACCOUNTS, service_account_name(email)) is None:
        raise invalid(f"Service account {email} does not exist.")


def require_role(call: Call, role: str) -> None:
    """Raise GoogleError 400 if a role does not exist. A predefined one must be recorded here."""
    if role.startswith("roles/"):
        if role != OWNER and role not in predefined():
            raise invalid(str(UnknownRoleError(role)))
    elif call.store.get(CUSTOM_ROLES, role) is None:
        raise invalid(f"Role ({role}) does not exist in the resource's hierarchy.")


def _require_member(call: Call, member: str) -> None:
    if not MEMBER.fullmatch(member):
        raise invalid(f"Invalid principal {member}: it needs a type, such as serviceAccount:")
    kind, _, address = member.partition(":")
    if kind == "serviceAccount":
        require_account(call, address)


def _require_condition(condition: Body) -> None:
    """The expression must be a truth about `resource.name`, all that conditions are evaluated with here."""
    try:
        truth = cel.evaluate(str(condition.get("expression")), {"resource": {"name": ""}})
    except (ValueError, TypeError, KeyError, RuntimeError) as error:
        raise GoogleError(400, f"Condition expression compilation failed: {error}") from error
    if not isinstance(truth, bool):
        raise invalid("Condition expression must evaluate to a boolean.")
