"""Who may do what: invokers, roles, keys and identities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from infra.names import EVERYONE
from infra.policies.policy import (
    Complaint,
    DeclaredResource,
    NotKnownYet,
    ProgramPolicy,
    ResourcePolicy,
    Resources,
    of_type,
)
from infra.policies.resource_types import (
    CUSTOM_ROLE,
    FUNCTION,
    JOB,
    KEY,
    OTHER_SIGN_IN,
    PROJECT_BINDING,
    SERVICE_BINDING,
    SIGN_IN,
)

PUBLIC_SERVICES = frozenset(
    {
        "handlekenniauth",
        "verifymembership",
        "syncmembers",
        "decideheld",
        "updatememberprofile",
        "setmemberrole",
        "searchmembers",
    }
)
"""The functions that browsers call; each checks its caller itself."""

PRIMITIVE_ROLES = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
ACT_AS = "iam.serviceAccounts."
ROLES_OF_DATA = tuple(
    f"roles/{service}."
    for service in (
        "artifactregistry",
        "datastore",
        "firebase",
        "firebaseauth",
        "run",
        "secretmanager",
        "storage",
    )
)
PERMISSIONS_OF_ROLES = (
    "datastore.entities.",
    "datastore.databases.get",
    "firebaseauth.users.",
    "iam.serviceAccounts.signBlob",
)
"""What roles of the project's own may include."""
IMPERSONATION = frozenset({"roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"})


def _public(resource: DeclaredResource) -> Iterator[str]:
    members = {resource.inputs.get("member"), *(resource.inputs.get("members") or [])}
    if not members & EVERYONE:
        return
    if resource.type != SERVICE_BINDING:
        yield "is open to the world"
    elif not _is_public_service(resource.inputs["name"]):
        yield "opens a service to the world that is not one of the named public ones"
    elif resource.inputs["role"] != "roles/run.invoker":
        yield f"gives the world {resource.inputs['role']}"


def _is_public_service(name: str) -> bool:
    return isinstance(name, NotKnownYet) or name.rpartition("/")[2] in PUBLIC_SERVICES


def _primitive(resource: DeclaredResource) -> Iterator[str]:
    if resource.inputs.get("role") in PRIMITIVE_ROLES:
        yield f"uses the primitive role {resource.inputs['role']}"


def _project_wide_impersonation(binding: DeclaredResource) -> Iterator[str]:
    if binding.inputs["role"] in IMPERSONATION:
        yield "lets an account act as every other; bind it on one account"


def _project_wide_signing(resources: Resources) -> Iterator[Complaint]:
    """A role of our own may let an account sign as itself, so it is given on that account alone."""
    signing = {
        it.inputs.get("roleId")
        for it in of_type(resources, CUSTOM_ROLE)
        if any(each.startswith(ACT_AS) for each in it.inputs.get("permissions") or ())
    }
    for binding in of_type(resources, PROJECT_BINDING):
        if str(binding.inputs.get("role")).rpartition("/")[2] in signing:
            yield binding, "lets an account sign as every other; bind it on one account"


def _project_wide_data(binding: DeclaredResource) -> Iterator[str]:
    role = str(binding.inputs.get("role"))
    if role.startswith(ROLES_OF_DATA) and not binding.inputs.get("condition"):
        yield f"gives {role} on all there is; give it on one resource, or with a condition"


def _narrow_roles(role: DeclaredResource) -> Iterator[str]:
    for permission in role.inputs.get("permissions") or ():
        if not permission.startswith(PERMISSIONS_OF_ROLES):
            yield f"includes {permission}, which no function needs"


def _keys(_key: DeclaredResource) -> Iterator[str]:
    yield "is a service-account key; use workload identity federation"


def _own_account(resources: Resources) -> Iterator[Complaint]:
    functions = list(of_type(resources, FUNCTION))
    users = Counter(map(_account, functions))
    for function in functions:
        account = _account(function)
        if not account:
            yield function, "runs as the project's default account"
        elif users[account] > 1:
            yield function, f"shares its account {account} with another function"


def _account(function: DeclaredResource) -> str | None:
    config: Mapping[str, str] = function.inputs.get("serviceConfig") or {}
    return config.get("serviceAccountEmail")


def _own_scheduler_identity(job: DeclaredResource) -> Iterator[str]:
    token = (job.inputs.get("httpTarget") or {}).get("oidcToken") or {}
    if not token.get("serviceAccountEmail") or not token.get("audience"):
        yield "calls without an identity token of an account, for an audience"


def _sign_in(config: DeclaredResource) -> Iterator[str]:
    """Each way is declared off: what is not declared keeps what somebody once set by hand."""
    ways = config.inputs.get("signIn") or {}
    for way in ("email", "phoneNumber", "anonymous"):
        if (ways.get(way) or {}).get("enabled") is not False:
            yield f"does not declare sign-in by {way} off"
    permissions = (config.inputs.get("client") or {}).get("permissions") or {}
    for permission in ("disabledUserSignup", "disabledUserDeletion"):
        if permissions.get(permission) is not True:
            yield f"does not declare {permission}"


def _other_sign_in(_resource: DeclaredResource) -> Iterator[str]:
    yield "is a way to sign in beside custom tokens"


ACCESS_POLICIES = (
    ResourcePolicy("no-public-access", "CKV_GCP_102, CIS GCP 5.1", _public),
    ResourcePolicy("no-primitive-roles", "CKV_GCP_117, CIS GCP 1.5", _primitive),
    ResourcePolicy(
        "no-project-wide-impersonation",
        "CKV_GCP_41, CIS GCP 1.6",
        _project_wide_impersonation,
        types=(PROJECT_BINDING,),
    ),
    ProgramPolicy("no-project-wide-signing", "CIS GCP 1.6", _project_wide_signing),
    ResourcePolicy("no-project-wide-data", "CIS GCP 1.5", _project_wide_data, types=(PROJECT_BINDING,)),
    ResourcePolicy("own-roles-are-narrow", "own rule", _narrow_roles, types=(CUSTOM_ROLE,)),
    ResourcePolicy("no-service-account-keys", "CIS GCP 1.4", _keys, types=(KEY,)),
    ProgramPolicy("own-account-per-function", "CIS GCP 4.1", _own_account),
    ResourcePolicy("scheduler-uses-oidc", "own rule", _own_scheduler_identity, types=(JOB,)),
    ResourcePolicy("sign-in-by-custom-tokens", "own rule", _sign_in, types=(SIGN_IN,)),
    ResourcePolicy("no-other-sign-in", "own rule", _other_sign_in, types=OTHER_SIGN_IN),
)
