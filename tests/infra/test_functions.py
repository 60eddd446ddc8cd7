"""Each function gets what it needs and nothing else; the tables below are complete."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tools.program_run import ROOT, Declared, Program

PROJECT = {"GCP_PROJECT"}
BROWSER = PROJECT | {"CORS_ALLOWED_ORIGINS"}
KENNI = {"KENNI_IS_ISSUER_URL", "KENNI_IS_CLIENT_ID", "KENNI_IS_REDIRECT_URI", "JWKS_CACHE_TTL_SECONDS"}
DJANGO = {"DJANGO_API_BASE_URL"}
SYNC = DJANGO | {"SYNC_KEPT_DAYS"}

ENVIRONMENT = {
    "handleKenniAuth": BROWSER | KENNI | {"LOGIN_LIMITS_DATABASE"},
    "verifyMembership": BROWSER,
    "updatememberprofile": BROWSER,
    "syncmembers": BROWSER | SYNC,
    "decideheld": BROWSER | SYNC,
    "operatordecision": PROJECT | SYNC,
    "bidirectional_sync": PROJECT | SYNC,
    "track_member_changes": PROJECT | SYNC,
    "setmemberrole": BROWSER,
    "searchmembers": BROWSER | DJANGO,
    "healthz": BROWSER | KENNI | DJANGO,
}
LIST = {"ERASED_KEYS_KEY": "erased-keys-key"}
SECRETS = {
    "handleKenniAuth": {"KENNI_IS_CLIENT_SECRET": "kenni-client-secret"},
    "searchmembers": {"DJANGO_API_TOKEN": "searchmembers-api-token"},
    "syncmembers": {"DJANGO_API_TOKEN": "syncmembers-api-token"} | LIST,
    "decideheld": {"DJANGO_API_TOKEN": "decideheld-api-token"} | LIST,
    "operatordecision": {"DJANGO_API_TOKEN": "operatordecision-api-token"} | LIST,
    "bidirectional_sync": {"DJANGO_API_TOKEN": "bidirectional-sync-api-token"} | LIST,
    "track_member_changes": {"DJANGO_API_TOKEN": "track-member-changes-api-token"} | LIST,
}
INVOKERS = {
    "handleKenniAuth": {"allUsers"},
    "verifyMembership": {"allUsers"},
    "updatememberprofile": {"allUsers"},
    "setmemberrole": {"allUsers"},
    "searchmembers": {"allUsers"},
    "syncmembers": {"allUsers"},
    "decideheld": {"allUsers"},
    "operatordecision": set(),
    "healthz": set(),
    "bidirectional_sync": {"sync-scheduler", "sync-nudge"},
    "track_member_changes": {"member-events"},
}
ENTRY_POINTS = {
    "handleKenniAuth": "handle_kenni_auth",
    "verifyMembership": "verify_membership",
}


def function(production: Program, name: str) -> Declared:
    return production.get("Function", name)


def service_config(production: Program, name: str) -> dict[str, Any]:
    config: dict[str, Any] = function(production, name).inputs["serviceConfig"]
    return config


def holder(production: Program, name: str) -> str:
    return f"serviceAccount:{service_config(production, name)['serviceAccountEmail']}"


def grants_of(production: Program, name: str) -> list[Declared]:
    """The roles that the function's account has."""
    return [
        it
        for suffix in ("iAMMember:IAMMember", "secretIamMember:SecretIamMember")
        for it in production.of_type(suffix)
        if it.inputs["member"] == holder(production, name)
    ]


def account_of(member: str) -> str:
    return member.removeprefix("serviceAccount:").split("@")[0]


def test_there_are_exactly_these_functions(production: Program) -> None:
    assert {it.inputs["name"] for it in production.of_type("function:Function")} == set(ENVIRONMENT)


@pytest.mark.parametrize("name", ENVIRONMENT)
class TestFunction:
    def test_a_function_whose_first_build_failed_is_made_again(self, production: Program, name: str) -> None:
        """Pulumi marks it so; the provider would only read it."""
        assert function(production, name).replaced_on == {"#initerror"}
        assert function(production, name).deletes_first

    def test_a_first_build_has_time(self, production: Program, name: str) -> None:
        """It makes an image, which takes Google up to a quarter of an hour."""
        assert function(production, name).patience == ("20m", "20m")

    def test_what_belongs_to_it_is_part_of_it(self, production: Program, name: str) -> None:
        """A change of the parent would make the engine replace the resource."""
        component = function(production, name).parent
        assert component.endswith(f"$ekklesia:infra:CloudFunction::{name}")
        account = service_config(production, name)["serviceAccountEmail"].partition("@")[0]
        own = [
            it
            for it in production.resources
            if it.name == account or it.name.startswith((f"{account}-", f"{name}-invoked-by-"))
        ]
        assert {it.parent for it in own} == {component}

    def test_environment(self, production: Program, name: str) -> None:
        assert set(service_config(production, name)["environmentVariables"]) == ENVIRONMENT[name]

    def test_secrets_are_pinned_to_a_version(self, production: Program, name: str) -> None:
        given = service_config(production, name).get("secretEnvironmentVariables") or []
        assert {it["key"]: it["secret"] for it in given} == SECRETS.get(name, {})
        assert {it["version"] for it in given} <= {"1"}

    def test_reads_its_secrets_and_no_others(self, production: Program, name: str) -> None:
        readable = {
            it.inputs["secretId"]
            for it in production.of_type("secretIamMember:SecretIamMember")
            if it.inputs["member"] == holder(production, name)
        }
        assert readable == set(SECRETS.get(name, {}).values())

    def test_its_roles_are_its_own(self, production: Program, name: str) -> None:
        """What they include is held against the code in `tests/functions/entry_points/`."""
        account = account_of(holder(production, name)).replace("-", "_")
        roles = [
            it.inputs["role"]
            for it in production.of_type("iAMMember:IAMMember")
            if it.inputs["member"] == holder(production, name)
        ]
        assert bool(roles) == (name != "healthz")
        assert all(f"/roles/{account}_" in role for role in roles), roles

    def test_invokers(self, production: Program, name: str) -> None:
        service = name.lower().replace("_", "-")
        bindings = [
            it for it in production.of_type("ServiceIamMember") if it.inputs["name"].endswith(service)
        ]
        assert {account_of(it.inputs["member"]) for it in bindings} == INVOKERS[name]
        assert {it.inputs["role"] for it in bindings} <= {"roles/run.invoker"}

    def test_waits_for_every_grant_of_its_account(self, production: Program, name: str) -> None:
        grants = grants_of(production, name)
        assert len(grants) > len(SECRETS.get(name, {})) or name == "healthz"
        for grant in grants:
            assert production.waits_for(function(production, name), grant), grant.name

    def test_its_grants_come_early(self, production: Program, name: str) -> None:
        """Google may let them count minutes later: nothing slow comes between the project's APIs and them."""
        slow = [
            it
            for suffix in ("local:Command", "database:Database", "function:Function")
            for it in production.of_type(suffix)
            if it.name != "apis-answer"
        ]
        assert len(slow) > len(ENVIRONMENT)
        for grant in grants_of(production, name):
            assert [it.name for it in slow if production.waits_for(grant, it)] == [], grant.name

    def test_waits_for_each_database_of_which_it_may_read(self, production: Program, name: str) -> None:
        grants = [
            it.inputs["condition"]["title"].removeprefix("documents of ")
            for it in production.of_type("projects/iAMMember:IAMMember")
            if it.inputs["member"] == holder(production, name) and it.inputs.get("condition")
        ]
        for database in production.of_type("database:Database"):
            if database.inputs["name"] in grants:
                assert production.waits_for(function(production, name), database), database.name

    def test_is_built_as_python_3_11_by_an_account_with_few_rights(
        self, production: Program, name: str
    ) -> None:
        build = function(production, name).inputs["buildConfig"]
        assert build["runtime"] == "python311"
        assert "serviceAccounts/function-build@" in build["serviceAccount"]

    def test_entry_point_exists(self, production: Program, name: str) -> None:
        entry_point = function(production, name).inputs["buildConfig"]["entryPoint"]
        main = ast.parse((ROOT / "functions" / "main.py").read_text())
        defined = {node.name for node in main.body if isinstance(node, ast.FunctionDef)}
        assert entry_point == ENTRY_POINTS.get(name, name)
        assert entry_point in defined

    def test_scales_within_bounds(self, production: Program, name: str) -> None:
        config = service_config(production, name)
        assert config["minInstanceCount"] <= 1
        assert config["maxInstanceCount"] == 5
        assert 0 < config["timeoutSeconds"] <= 540


def test_only_the_login_is_kept_warm_and_only_events_come_from_within(production: Program) -> None:
    """A person waits for the first; nobody but Google calls the other, which no address outside reaches."""
    configs = {name: service_config(production, name) for name in ENVIRONMENT}
    assert [name for name, it in configs.items() if it["minInstanceCount"]] == ["handleKenniAuth"]
    ingress = {name: it["ingressSettings"] for name, it in configs.items()}
    inside = {name for name, value in ingress.items() if value == "ALLOW_INTERNAL_ONLY"}
    assert inside == {"track_member_changes"}
    assert {value for name, value in ingress.items() if name not in inside} == {"ALLOW_ALL"}
    assert all(it["allTrafficOnLatestRevision"] for it in configs.values())


def test_a_secret_is_read_in_the_project_and_a_function_calls_where_it_is_told(
    production: Program, config: dict[str, Any]
) -> None:
    for name in ENVIRONMENT:
        given = service_config(production, name)
        assert {it["projectId"] for it in given.get("secretEnvironmentVariables") or []} <= {
            config["gcp:project"]
        }
        assert given["environmentVariables"]["GCP_PROJECT"] == config["gcp:project"]
    told = {
        key: value
        for name in ENVIRONMENT
        for key, value in service_config(production, name)["environmentVariables"].items()
    }
    assert told == {
        "GCP_PROJECT": config["gcp:project"],
        "CORS_ALLOWED_ORIGINS": ",".join(config["ekklesia:corsAllowedOrigins"]),
        "DJANGO_API_BASE_URL": config["ekklesia:linode"]["apiBaseUrl"],
        "SYNC_KEPT_DAYS": "400",
        "KENNI_IS_ISSUER_URL": config["ekklesia:kenni"]["issuerUrl"],
        "KENNI_IS_CLIENT_ID": config["ekklesia:kenni"]["clientId"],
        "KENNI_IS_REDIRECT_URI": config["ekklesia:kenni"]["redirectUri"],
        "JWKS_CACHE_TTL_SECONDS": "3600",
        "LOGIN_LIMITS_DATABASE": "login-limits",
    }


def test_only_the_login_signs_tokens_and_only_as_itself(production: Program) -> None:
    [binding] = [it for it in production.of_type("IAMMember") if it.inputs["role"].endswith("_signing")]
    assert binding.inputs["member"] == holder(production, "handleKenniAuth")
    assert binding.inputs["serviceAccountId"].endswith(
        account_of(binding.inputs["member"]) + "@ekklesia-prod-10-2025.iam.gserviceaccount.com"
    )


def test_member_events_are_delivered_until_they_are_handled(production: Program) -> None:
    trigger = function(production, "track_member_changes").inputs["eventTrigger"]
    assert trigger["eventType"] == "google.cloud.firestore.document.v1.written"
    assert trigger["retryPolicy"] == "RETRY_POLICY_RETRY"
    assert trigger["triggerRegion"] == "europe-west2"
    assert account_of(trigger["serviceAccountEmail"]) == "member-events"
    filters = {it["attribute"]: (it["value"], it.get("operator")) for it in trigger["eventFilters"]}
    assert filters == {
        "database": ("(default)", None),
        "document": ("members/{memberId}", "match-path-pattern"),
    }


def test_the_account_that_delivers_events_has_its_role_before_the_trigger_exists(production: Program) -> None:
    receiver = production.get("IAMMember", "member-events-eventarc.eventReceiver")
    assert production.waits_for(function(production, "track_member_changes"), receiver)


def test_all_functions_are_of_one_archive(production: Program) -> None:
    sources = {
        it.inputs["buildConfig"]["source"]["storageSource"]["object"]
        for it in production.of_type("function:Function")
    }
    [archive] = production.of_type("BucketObject")
    assert sources == {archive.inputs["name"]}
