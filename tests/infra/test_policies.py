from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pulumi_gcp
import pytest

from infra.cloud_function import ANYONE
from infra.policies import (
    POLICIES,
    DeclaredResource,
    NotKnownYet,
    ResourcePolicy,
    check,
    resource_types,
)
from infra.policies.access import PUBLIC_SERVICES
from infra.policies.data import DEMO_PREFIX
from infra.policies.resource_types import AUDIT_CONFIG as AUDIT
from infra.policies.resource_types import (
    BACKUP_SCHEDULE,
    BUCKET,
    CUSTOM_ROLE,
    DATABASE,
    FUNCTION,
    JOB,
    SIGN_IN,
)
from infra.policies.resource_types import SERVICE_BINDING as INVOKER
from local.world import PROJECT_PREFIX
from tools.program_run import Program

BUCKET_MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember"
BACKUP = "serviceAccount:host-backup@demo.iam.gserviceaccount.com"
SAFE_BUCKET = {
    "uniformBucketLevelAccess": True,
    "publicAccessPrevention": "enforced",
    "versioning": {"enabled": True},
}
NO_SIGN_UP: dict[str, dict[str, dict[str, bool]]] = {
    "signIn": {way: {"enabled": False} for way in ("email", "phoneNumber", "anonymous")},
    "client": {"permissions": {"disabledUserSignup": True, "disabledUserDeletion": True}},
}
OPENED: list[Mapping[str, object]] = [
    *({"signIn": NO_SIGN_UP["signIn"] | {way: {"enabled": True}}} for way in NO_SIGN_UP["signIn"]),
    {"signIn": {way: {"enabled": False} for way in ("phoneNumber", "anonymous")}},
    {"client": {"permissions": {"disabledUserSignup": True}}},
    {"client": {"permissions": {"disabledUserDeletion": True}}},
    {"client": None},
]
ALL_LOGS = [{"logType": kind} for kind in ("ADMIN_READ", "DATA_READ", "DATA_WRITE")]

BAD: list[tuple[str, str, Mapping[str, object]]] = [
    (
        "no-public-access",
        INVOKER,
        {"name": "bidirectional-sync", "role": "roles/run.invoker", "member": "allUsers"},
    ),
    ("no-public-access", INVOKER, {"name": "healthz", "role": "roles/run.invoker", "member": "allUsers"}),
    ("no-public-access", INVOKER, {"name": "syncmembers", "role": "roles/run.admin", "member": "allUsers"}),
    *[
        ("no-public-access", BUCKET_MEMBER, {"member": member, "role": "roles/storage.objectViewer"})
        for member in ("allUsers", "allAuthenticatedUsers")
    ],
    (
        "no-public-access",
        "gcp:projects/iAMBinding:IAMBinding",
        {"members": ["allUsers"], "role": "roles/run.invoker"},
    ),
    *[
        (policy, "gcp:projects/iAMMember:IAMMember", {"role": f"roles/{role}", "member": "user:a@b.is"})
        for policy, roles in {
            "no-primitive-roles": ("owner", "editor", "viewer"),
            "no-project-wide-impersonation": ("iam.serviceAccountUser", "iam.serviceAccountTokenCreator"),
            "no-project-wide-data": (
                "artifactregistry.writer",
                "datastore.user",
                "firebase.admin",
                "firebaseauth.admin",
                "run.invoker",
                "secretmanager.secretAccessor",
                "storage.objectViewer",
            ),
        }.items()
        for role in roles
    ],
    ("own-roles-are-narrow", CUSTOM_ROLE, {"permissions": ["datastore.databases.delete"]}),
    ("own-roles-are-narrow", CUSTOM_ROLE, {"permissions": ["firebaseauth.configs.update"]}),
    (
        "no-project-wide-signing",
        "gcp:projects/iAMMember:IAMMember",
        {"role": "projects/p/roles/fn_handle_kenni_auth_signing", "member": "user:a@b.is"},
    ),
    ("no-service-account-keys", "gcp:serviceaccount/key:Key", {"serviceAccountId": "sync-nudge"}),
    ("own-account-per-function", FUNCTION, {"serviceConfig": {}}),
    ("scheduler-uses-oidc", JOB, {"httpTarget": {"uri": "https://sync.example"}}),
    ("scheduler-uses-oidc", JOB, {"httpTarget": {"oidcToken": {"serviceAccountEmail": "a@b.is"}}}),
    *[
        ("no-secret-in-plain-environment", FUNCTION, {section: {"environmentVariables": {variable: "1"}}})
        for section, variable in (
            ("buildConfig", "DJANGO_API_TOKEN"),
            *(
                ("serviceConfig", f"OF_{word}_1")
                for word in (
                    "SECRET",
                    "TOKEN",
                    "PASSWORD",
                    "PASSWD",
                    "PRIVATE",
                    "CREDENTIAL",
                    "API_KEY",
                    "ApiKey",
                )
            ),
        )
    ],
    *[
        (
            "audit-logs-on",
            AUDIT,
            {"service": "allServices", "auditLogConfigs": [log for log in ALL_LOGS if log != missing]},
        )
        for missing in ALL_LOGS
    ],
    (
        "audit-logs-on",
        AUDIT,
        {
            "service": "allServices",
            "auditLogConfigs": [*ALL_LOGS, {"logType": "DATA_READ", "exemptedMembers": ["user:a@b.is"]}],
        },
    ),
    ("audit-logs-on", AUDIT, {"service": "run.googleapis.com", "auditLogConfigs": ALL_LOGS}),
    ("buckets-uniform-private-versioned", BUCKET, SAFE_BUCKET | {"uniformBucketLevelAccess": False}),
    ("buckets-uniform-private-versioned", BUCKET, SAFE_BUCKET | {"publicAccessPrevention": "inherited"}),
    ("buckets-uniform-private-versioned", BUCKET, SAFE_BUCKET | {"versioning": None}),
    ("database-protected", DATABASE, {"deleteProtectionState": "DELETE_PROTECTION_DISABLED"}),
    ("point-in-time-recovery", DATABASE, {}),
    ("database-backed-up", DATABASE, {"name": "other"}),
    *[("sign-in-by-custom-tokens", SIGN_IN, {**NO_SIGN_UP, **opened}) for opened in OPENED],
    *[
        ("no-other-sign-in", f"gcp:identityplatform/{kind}", {"enabled": False})
        for kind in (
            "defaultSupportedIdpConfig:DefaultSupportedIdpConfig",
            "inboundSamlConfig:InboundSamlConfig",
            "oauthIdpConfig:OauthIdpConfig",
            "tenant:Tenant",
        )
    ],
    ("backups-retained", BUCKET, {"name": "ekklesia-backups"}),
    *[
        ("backups-only-added", BUCKET_MEMBER, {"bucket": bucket, "role": role, "member": member})
        for bucket, role, member in (
            ("demo-backups", "roles/storage.objectAdmin", BACKUP),
            ("demo-backups", "roles/storage.objectViewer", BACKUP),
            ("demo-portal", "roles/storage.objectCreator", BACKUP),
            ("demo-backups", "roles/storage.objectAdmin", "user:a@b.is"),
        )
    ],
    (
        "backups-only-added",
        "gcp:projects/iAMBinding:IAMBinding",
        {"role": "roles/storage.objectCreator", "members": ["user:a@b.is", BACKUP]},
    ),
    *[
        (
            "backups-added-by-the-host-only",
            "gcp:serviceaccount/iAMMember:IAMMember",
            {"serviceAccountId": BACKUP.replace(":", "s/"), "role": role, "member": member},
        )
        for role, member in (
            ("roles/iam.workloadIdentityUser", "principalSet://iam.googleapis.com/pool/*"),
            ("roles/iam.workloadIdentityUser", "serviceAccount:sync-nudge@demo.iam.gserviceaccount.com"),
            ("roles/iam.serviceAccountTokenCreator", "principal://iam.googleapis.com/pool/subject/backup"),
        )
    ],
    (
        "backups-added-by-the-host-only",
        "gcp:serviceaccount/iAMBinding:IAMBinding",
        {
            "serviceAccountId": BACKUP.replace(":", "s/"),
            "role": "roles/iam.workloadIdentityUser",
            "members": ["principal://iam.googleapis.com/pool/subject/backup", "user:a@b.is"],
        },
    ),
]

OF_ALL_TYPES = {"no-public-access", "no-primitive-roles", "backups-only-added"}
"""Policies about bindings, which are of many types."""


def as_policies_see_it(production: Program) -> list[DeclaredResource]:
    return [DeclaredResource(it.type, it.name, it.inputs) for it in production.resources]


def test_the_program_holds_to_every_policy(production: Program) -> None:
    assert check(POLICIES, as_policies_see_it(production)) == []


@pytest.mark.parametrize(("policy", "resource_type", "inputs"), BAD)
def test_a_bad_resource_is_found(
    production: Program, policy: str, resource_type: str, inputs: dict[str, object]
) -> None:
    replaced = {AUDIT}
    good = [
        it for it in as_policies_see_it(production) if it.type not in replaced or it.type != resource_type
    ]
    violations = check(POLICIES, [*good, DeclaredResource(resource_type, "planted", inputs)])
    assert policy in {violation.policy for violation in violations}


def test_a_policy_of_one_type_judges_no_other() -> None:
    """What another resource has by the same name means something else."""
    of_one = [it for it in POLICIES if isinstance(it, ResourcePolicy) and it.name not in OF_ALL_TYPES]
    assert len(of_one) > 5
    for policy in of_one:
        for inputs in (inputs for name, _, inputs in BAD if name == policy.name):
            other = DeclaredResource("gcp:pubsub/topic:Topic", "other", inputs)
            assert check([policy], [other]) == [], policy.name


def test_two_functions_with_one_account_are_found(production: Program) -> None:
    resources = as_policies_see_it(production)
    [healthz] = [it for it in resources if it.type == FUNCTION and it.name == "healthz"]
    twin = DeclaredResource(FUNCTION, "twin", healthz.inputs)
    assert {it.resource for it in check(POLICIES, [*resources, twin])} == {"healthz", "twin"}


def test_every_policy_is_shown_to_fail() -> None:
    assert {policy.name for policy in POLICIES} == {policy for policy, _, _ in BAD}


def test_every_type_that_is_judged_is_one_of_the_provider() -> None:
    """A policy about a type that does not exist would find nothing."""
    sdk = Path(pulumi_gcp.__file__).read_text()
    named = [value for name, value in vars(resource_types).items() if name.isupper()]
    judged = {each for value in named for each in ([value] if isinstance(value, str) else value)}
    judged |= {each for policy in POLICIES for each in getattr(policy, "types", ())}
    assert len(judged) > 10
    assert {each for each in judged if f'"{each}"' not in sdk} == set()


def test_the_source_of_a_policy_is_a_rule_of_a_public_benchmark_or_our_own() -> None:
    rule = re.compile(r"CKV_GCP_\d{1,3}|CIS GCP \d\.\d{1,2}|own rule")
    rules = {(policy.name, each) for policy in POLICIES for each in policy.source.split(", ")}
    assert {(name, each) for name, each in rules if not rule.fullmatch(each)} == set()


def test_what_the_program_lacks_is_told_of_the_program() -> None:
    [violation] = check(POLICIES, [])
    assert str(violation).startswith("the program: has no audit configuration that covers all services (")
    assert violation.urn == ""


def test_a_violation_says_where_what_and_by_which_rule() -> None:
    bucket = DeclaredResource(BUCKET, "loot", SAFE_BUCKET | {"publicAccessPrevention": "inherited"})
    [violation] = [it for it in check(POLICIES, [bucket]) if it.resource == "loot"]
    assert str(violation) == (
        "loot: can be made public (buckets-uniform-private-versioned, CKV_GCP_29, CKV_GCP_114, CKV_GCP_78)"
    )
    assert violation.urn == ""
    [of_the_engine] = [it for it in check(POLICIES, [replace(bucket, urn="urn:x")]) if it.resource == "loot"]
    assert of_the_engine.urn == "urn:x"


def test_only_what_is_soon_forgotten_has_no_backups() -> None:
    inputs = {"project": "demo-ekklesia", "name": "login-limits"}
    assert {it.policy for it in check(POLICIES, [DeclaredResource(DATABASE, "limits", inputs)])} == {
        "audit-logs-on"
    }


def test_a_demo_project_on_one_machine_may_be_taken_down() -> None:
    inputs = {
        "project": "demo-ekklesia",
        "deleteProtectionState": "DELETE_PROTECTION_DISABLED",
        "pointInTimeRecoveryEnablement": "POINT_IN_TIME_RECOVERY_ENABLED",
    }
    for project, broken in (("demo-ekklesia", set()), ("ekklesia", {"database-protected"})):
        database = DeclaredResource(DATABASE, "firestore", inputs | {"project": project})
        found = {it.policy for it in check(POLICIES, [database])}
        assert found - {"audit-logs-on", "database-backed-up"} == broken


def test_a_demo_project_on_one_machine_may_remove_its_backups() -> None:
    bucket = SAFE_BUCKET | {"name": "demo-ekklesia-backups", "project": "demo-ekklesia"}
    assert {it.policy for it in check(POLICIES, [DeclaredResource(BUCKET, "b", bucket)])} == {"audit-logs-on"}


def test_a_retention_policy_stands_in_for_versions() -> None:
    bucket = SAFE_BUCKET | {"versioning": {"enabled": False}, "retentionPolicy": {"retentionPeriod": "1"}}
    assert {it.policy for it in check(POLICIES, [DeclaredResource(BUCKET, "b", bucket)])} == {"audit-logs-on"}


def test_what_a_preview_cannot_know_is_left_to_the_up() -> None:
    def public(service: str) -> DeclaredResource:
        inputs = {"name": service, "role": "roles/run.invoker", "member": "allUsers"}
        return DeclaredResource(INVOKER, "binding", inputs)

    def function(account: str) -> DeclaredResource:
        return DeclaredResource(FUNCTION, account, {"serviceConfig": {"serviceAccountEmail": account}})

    kept = {"pointInTimeRecoveryEnablement": "POINT_IN_TIME_RECOVERY_ENABLED", "project": "demo-ekklesia"}
    unknown = [
        public(NotKnownYet("the name")),
        *map(function, map(NotKnownYet, ("one", "other"))),
        DeclaredResource(DATABASE, "firestore", kept | {"name": "(default)"}),
        DeclaredResource(BACKUP_SCHEDULE, "daily", {"database": NotKnownYet("the database")}),
    ]
    assert {it.policy for it in check(POLICIES, unknown)} == {"audit-logs-on"}
    assert "no-public-access" in {it.policy for it in check(POLICIES, [public("bidirectional-sync")])}


def test_the_public_services_of_the_policy_are_those_of_the_program(production: Program) -> None:
    opened = {it.inputs["name"] for it in production.of_type(INVOKER) if it.inputs["member"] == ANYONE}
    assert opened == PUBLIC_SERVICES


def test_a_demo_project_is_what_the_one_machine_world_takes_for_one() -> None:
    assert DEMO_PREFIX == PROJECT_PREFIX
