"""Who may do what: invokers, roles, keys and identities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from infra.policies.policy import Complaint, Policy, Resources, of_type

FUNCTION = "gcp:cloudfunctionsv2/function:Function"
JOB = "gcp:cloudscheduler/job:Job"
EVERYONE = frozenset({"allUsers", "allAuthenticatedUsers"})
PUBLIC_SERVICES = frozenset(
    {"handlekenniauth", "verifymembership", "syncmembers", "updatememberprofile", "healthz"}
)
"""The functions that browsers call; each checks its caller itself."""

PRIMITIVE_ROLES = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
IMPERSONATION = frozenset({"roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"})


def _public(resources: Resources) -> Iterator[Complaint]:
    for resource in resources:
        members = {resource.inputs.get("member"), *(resource.inputs.get("members") or [])}
        if not members & EVERYONE:
            continue
        if resource.type != "gcp:cloudrunv2/serviceIamMember:ServiceIamMember":
            yield resource.name, "is open to the world"
        elif str(resource.inputs["name"]).rsplit("/", 1)[-1] not in PUBLIC_SERVICES:
            yield resource.name, "opens a service to the world that is not one of the named public ones"
        elif resource.inputs["role"] != "roles/run.invoker":
            yield resource.name, f"gives the world {resource.inputs['role']}"


def _primitive(resources: Resources) -> Iterator[Complaint]:
    for resource in resources:
        if resource.inputs.get("role") in PRIMITIVE_ROLES:
            yield resource.name, f"uses the primitive role {resource.inputs['role']}"


def _project_wide_impersonation(resources: Resources) -> Iterator[Complaint]:
    for binding in of_type(resources, "gcp:projects/iAMMember:IAMMember"):
        if binding.inputs["role"] in IMPERSONATION:
            yield binding.name, "lets an account act as every other; bind it on one account"


def _keys(resources: Resources) -> Iterator[Complaint]:
    for key in of_type(resources, "gcp:serviceaccount/key:Key"):
        yield key.name, "is a service-account key; use workload identity federation"


def _own_account(resources: Resources) -> Iterator[Complaint]:
    functions = list(of_type(resources, FUNCTION))
    accounts = [(it.inputs.get("serviceConfig") or {}).get("serviceAccountEmail") for it in functions]
    users = Counter(accounts)
    for function, account in zip(functions, accounts, strict=True):
        if not account:
            yield function.name, "runs as the project's default account"
        elif users[account] > 1:
            yield function.name, f"shares its account {account} with another function"


def _own_scheduler_identity(resources: Resources) -> Iterator[Complaint]:
    for job in of_type(resources, JOB):
        token = (job.inputs.get("httpTarget") or {}).get("oidcToken") or {}
        if not token.get("serviceAccountEmail") or not token.get("audience"):
            yield job.name, "calls without an identity token of an account, for an audience"


ACCESS_POLICIES = (
    Policy("no-public-access", "CKV_GCP_102, CIS GCP 5.1", _public),
    Policy("no-primitive-roles", "CKV_GCP_117, CIS GCP 1.5", _primitive),
    Policy("no-project-wide-impersonation", "CKV_GCP_41, CIS GCP 1.6", _project_wide_impersonation),
    Policy("no-service-account-keys", "CIS GCP 1.4", _keys),
    Policy("own-account-per-function", "CIS GCP 4.1", _own_account),
    Policy("scheduler-uses-oidc", "own rule", _own_scheduler_identity),
)
