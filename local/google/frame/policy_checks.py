"""What a binding must be before it stands in a policy."""

from __future__ import annotations

import re

import cel

from local.google.frame.call import Call
from local.resource_store import Record
from local.services.google_errors import GoogleError, invalid
from local.services.iam import ACT_AS, SERVICE_ACCOUNTS, service_account_name
from local.services.iam_roles import CUSTOM_ROLES, OWNER, UnknownRoleError, is_deleted, predefined
from local.services.in_force import is_in_force
from local.services.service_agents import agent_exists, is_agent

MEMBER = re.compile(
    r"allUsers|allAuthenticatedUsers"
    r"|(user|group|serviceAccount):[^\s:@]+@[a-z0-9.-]+|domain:[a-z0-9.-]+"
    r"|(principal|principalSet)://iam\.googleapis\.com/\S+"
    r"|project(Owner|Editor|Viewer):[a-z0-9-]+"
)


def require_right(call: Call, binding: Record) -> None:
    """Raise GoogleError 400 if Google would refuse the binding of one member."""
    require_role(call, binding.resource["role"])
    _require_member(call, binding.resource["member"])
    if condition := binding.resource.get("condition"):
        _require_condition(binding.resource["target"], condition)


def require_account(call: Call, email: str) -> None:
    """Raise GoogleError 400 if an account of the project does not exist, or IAM does not find it yet.

    Google's own accounts in the project, by which its services act, exist once they are asked for.
    """
    if email.endswith(f"@{call.project}.iam.gserviceaccount.com"):
        account = call.store.get(SERVICE_ACCOUNTS, service_account_name(email))
        exists = account is not None and is_in_force(account)
    else:
        exists = not is_agent(call.project, email) or agent_exists(call.store, email)
    if not exists:
        raise invalid(f"Service account {email} does not exist.")


def require_act_as(call: Call, email: str) -> None:
    """Raise GoogleError 403 unless the caller may have something run as that service account."""
    if not call.caller.may(call.world, ACT_AS, service_account_name(email)):
        denied = f"Permission '{ACT_AS.lower()}' denied on service account {email} (or it may not exist)."
        raise GoogleError(403, denied)


def require_role(call: Call, role: str) -> None:
    """Raise GoogleError 400 if a role does not exist. A predefined one must be recorded here."""
    if role.startswith("roles/"):
        if role != OWNER and role not in predefined():
            raise invalid(str(UnknownRoleError(role)))
    elif (declared := call.store.get(CUSTOM_ROLES, role)) is None or is_deleted(declared):
        raise invalid(f"Role ({role}) does not exist in the resource's hierarchy.")


def _require_member(call: Call, member: str) -> None:
    if not MEMBER.fullmatch(member):
        raise invalid(f"Invalid principal {member}: it needs a type, such as serviceAccount:")
    kind, _, address = member.partition(":")
    if kind == "serviceAccount":
        require_account(call, address)


def _require_condition(target: str, expression: str) -> None:
    """The expression must be a truth about `resource.name`, all that conditions are evaluated with here."""
    if target.count("/") > 1:
        raise invalid("The one-machine world evaluates conditions of roles on the project only.")
    try:
        truth = cel.evaluate(expression, {"resource": {"name": ""}})
    except (ValueError, TypeError, KeyError, RuntimeError) as error:
        raise invalid(f"Condition expression compilation failed: {error}") from error
    if not isinstance(truth, bool):
        raise invalid("Condition expression must evaluate to a boolean.")
