"""Each part gets the settings of the others that it needs, and comes after what it needs."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
from typing import Any

import pulumi
import pytest
from ekklesia_backup.places import differences

from deploy.provision.configuration import OFFSITE
from deploy.remote.stack_file import load_stack
from infra import function_source, settings
from infra.cloud_function import ANYONE, CloudFunction, FunctionSpec, Prerequisites
from infra.content_hash import source_files
from infra.service_agents import AGENT_ROLES as AGENTS
from infra.settings import API_TOKENS
from tools import program_run
from tools.program_run import ROOT, SECRET_VALUES, Declared, Program, run_program

SYNC_URL = "https://bidirectional-sync-x-nw.a.run.app"


def command(production: Program, name: str) -> Declared:
    return production.get("command:local:Command", name)


def test_every_google_resource_waits_for_every_api(production: Program) -> None:
    apis = production.of_type("projects/service:Service")
    for resource in production.resources:
        if resource.type.startswith("gcp:") and resource not in apis:
            missing = [api.name for api in apis if not production.waits_for(resource, api)]
            assert not missing, resource.name


def test_apis_stay_enabled_when_the_stack_is_destroyed(production: Program) -> None:
    assert all(not api.inputs["disableOnDestroy"] for api in production.of_type("projects/service:Service"))


def test_what_cannot_be_replaced_is_protected(production: Program) -> None:
    guarded = [
        *production.of_type("database:Database"),
        *production.of_type("secret:Secret"),
        production.get("bucket:Bucket", "backups"),
        *production.of_type("projects/service:Service"),
    ]
    assert len(guarded) > 3
    assert all(resource.protect and resource.kept for resource in guarded)


@pytest.mark.parametrize(
    ("job", "schedule", "mode", "deadline"),
    [
        ("bidirectional-member-sync", "30 3 * * *", "full", "600s"),
        ("member-sync-sweep", "* * * * *", "pending", "180s"),
    ],
)
def test_scheduler_job(production: Program, job: str, schedule: str, mode: str, deadline: str) -> None:
    declared = production.get("job:Job", job)
    inputs, target = declared.inputs, declared.inputs["httpTarget"]
    assert (inputs["schedule"], inputs["timeZone"]) == (schedule, "Atlantic/Reykjavik")
    assert inputs["attemptDeadline"] == deadline
    assert (target["httpMethod"], target["uri"]) == ("POST", SYNC_URL)
    assert json.loads(base64.b64decode(target["body"])) == {"mode": mode}
    assert target["oidcToken"]["audience"] == SYNC_URL
    assert target["oidcToken"]["serviceAccountEmail"].startswith("sync-scheduler@")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("bidirectional_sync-invoked-by-scheduler", "bidirectional-member-sync"),
        ("host-deploy", "bidirectional-member-sync"),
        ("host-provision", "host-nudge-key"),
        ("host-nudge-key", "nudge-provider"),
        ("nudge-provider", "host-configure"),
        ("host-backup-key", "backup-provider"),
        ("backup-acts-as-its-account", "host-configure"),
        ("backup-adds-objects", "host-configure"),
        ("bidirectional_sync", "host-configure"),
        ("track_member_changes", "host-configure"),
        ("syncmembers", "host-configure"),
        ("host-configure", "host-deploy"),
        ("handleKenniAuth", "portal-release"),
        ("eventarc-agent", "track_member_changes"),
        ("pubsub-agent", "track_member_changes"),
        ("api-cloudresourcemanager", "api-run"),
        ("api-serviceusage", "api-run"),
        ("api-run", "apis-answer"),
        ("apis-answer", "backups"),
        ("apis-answer", "firestore-rules"),
        ("identity-platform", "portal-release"),
        ("firestore", "track_member_changes"),
    ],
)
def test_order(production: Program, first: str, then: str) -> None:
    earlier = next(
        it for it in reversed(production.resources) if it.name == first and "ServiceAccount" not in it.type
    )
    [later] = [it for it in production.resources if it.name == then]
    assert production.waits_for(later, earlier)


def test_the_portal_is_released_under_rules_that_are_in_force(production: Program) -> None:
    rules = command(production, "firestore-rules")
    assert production.waits_for(command(production, "portal-release"), rules)


def test_the_portal_knows_every_function_that_it_calls(production: Program) -> None:
    scripts = (ROOT / "portal" / "public" / "js").rglob("*.js")
    called = {name for path in scripts for name in re.findall(r"\bfunctions\.(\w+)", path.read_text())}
    told = json.loads(command(production, "portal-release").inputs["stdin"])["portal"]["functions"]
    assert called
    assert called <= set(told)


@pytest.mark.parametrize(("api", "role"), AGENTS.items())
def test_googles_agents_have_the_roles_by_which_events_are_delivered(
    production: Program, api: str, role: str
) -> None:
    agent = production.get("ServiceIdentity", f"{api}-agent")
    assert agent.inputs["service"] == f"{api}.googleapis.com"
    grant = production.get("projects/iAMMember:IAMMember", f"{api}-agent").inputs
    assert grant["role"] == role
    assert grant["member"] == f"serviceAccount:service-1234@gcp-sa-{api}.iam.gserviceaccount.com"


FUNCTION = "gcp:cloudfunctionsv2/function:Function"


def one_function() -> None:
    """A smaller program, of one function that anyone may call."""
    stack = settings.load()
    spec = FunctionSpec("healthz", "healthz", "fn-healthz", "Of a test")
    function = CloudFunction(stack, spec, function_source.declare(stack, []), Prerequisites([], []))
    function.allow("anyone", ANYONE)
    pulumi.export("url", function.url)


def fail(monkeypatch: pytest.MonkeyPatch, missing: str, *names: str) -> None:
    """Let Google keep these functions without a part of their address, as after a first build that failed."""
    deployed = program_run.OUTPUTS[FUNCTION]

    def failed(inputs: dict[str, Any]) -> dict[str, Any]:
        made = deployed(inputs)
        if inputs["name"] in names:
            made["serviceConfig"][missing] = ""
        return made

    monkeypatch.setitem(program_run.OUTPUTS, FUNCTION, failed)


def test_a_function_without_an_address_stops_the_program_before_anybody_is_told(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "uri", "bidirectional_sync", "verifyMembership")
    declared = Program()
    with pytest.raises(pulumi.RunError, match=r"(bidirectional_sync|verifyMembership) has no address"):
        run_program(config, into=declared)
    names = {resource.name for resource in declared.resources}
    # Which of the two ends the program first is chance.
    assert not names.isdisjoint({"bidirectional_sync", "verifyMembership"})
    assert names.isdisjoint({"host-configure", "host-deploy", "portal-release"})


@pytest.mark.parametrize("missing", ["uri", "service"])
def test_either_part_of_an_address_is_missed(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    fail(monkeypatch, missing, "healthz")
    with pytest.raises(pulumi.RunError, match="healthz has no address"):
        run_program(config, main=one_function)


def test_a_preview_goes_on_without_the_address_of_a_function_that_failed(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The `up` after it makes the function again."""
    monkeypatch.setitem(program_run.OUTPUTS, FUNCTION, lambda _: {"serviceConfig": None})
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: True)
    previewed = run_program(config, main=one_function)
    assert previewed.outputs == {"url": ""}
    assert previewed.get("ServiceIamMember", "healthz-invoked-by-anyone").inputs["name"] == ""


def test_what_commands_print_is_stored_as_secret(production: Program) -> None:
    """The plugin keeps it in the stack's state, and `configure` may print a part of what it was told."""
    printed = {it.name: it.secret_outputs for it in production.of_type("command:local:Command")}
    assert {"host-configure", "portal-release", "firestore-rules"} <= printed.keys()
    assert set(printed.values()) == {frozenset({"stdout", "stderr"})}


def test_public_keys_are_not_secret(production: Program) -> None:
    for provider in production.of_type("WorkloadIdentityPoolProvider"):
        assert not provider.secret_inputs


class TestBackups:
    def test_the_hosts_backup_may_add_to_its_bucket_and_nothing_else(self, production: Program) -> None:
        account = "serviceAccount:host-backup@ekklesia-prod-10-2025.iam.gserviceaccount.com"
        held = [it for it in production.resources if it.inputs.get("member") == account]
        assert [(it.inputs["bucket"], it.inputs["role"]) for it in held] == [
            ("ekklesia-prod-10-2025-backups", "roles/storage.objectCreator")
        ]

    def test_the_sites_key_does_not_speak_for_the_backup(self, production: Program) -> None:
        """Each provider takes its key for one subject only, and only that subject may act as the account."""
        for name, subject in (("nudge", "django"), ("backup", "backup")):
            provider = production.get("WorkloadIdentityPoolProvider", f"{name}-provider").inputs
            assert provider["attributeCondition"] == f"assertion.sub == '{subject}'"
            binding = production.get("IAMMember", f"{name}-acts-as-its-account").inputs
            assert binding["member"].endswith(f"/subject/{subject}")

    def test_the_host_is_told_where_copies_go(self, production: Program) -> None:
        told = json.loads(command(production, "host-configure").inputs["stdin"])["offsite"]
        assert told == {
            "bucket": "ekklesia-prod-10-2025-backups",
            "storage_url": "https://storage.googleapis.com",
            "sts_url": "https://sts.googleapis.com",
            "iam_credentials_url": "https://iamcredentials.googleapis.com",
            "pool_provider": "//iam.googleapis.com/projects/1234/locations/global"
            "/workloadIdentityPools/linode/providers/backup",
            "service_account": "host-backup@ekklesia-prod-10-2025.iam.gserviceaccount.com",
            "issuer": "https://starf.sosialistaflokkurinn.is",
            "subject": "backup",
        }
        assert set(told) == OFFSITE
        fixed = load_stack("prod", ROOT).copies
        assert fixed
        assert differences(told, fixed) == []


class TestSecrets:
    def test_values_are_only_where_they_must_be_and_encrypted_there(self, production: Program) -> None:
        holders = {
            (resource.name, key)
            for resource in production.resources
            for key, value in resource.inputs.items()
            if any(secret in json.dumps(value, default=str) for secret in SECRET_VALUES.values())
        }
        assert holders == {
            ("kenni-client-secret", "secretData"),
            ("erased-keys-key", "secretData"),
            *((f"{function.replace('_', '-')}-api-token", "secretData") for function in API_TOKENS),
        }
        for name, key in holders:
            assert any(it.name == name and key in it.secret_inputs for it in production.resources)

    def test_the_host_gets_digests_and_knows_new_tokens_before_any_function_has_one(
        self, production: Program
    ) -> None:
        accepted, configured = (
            command(production, f"host-{task}") for task in ("tokens-accept", "configure")
        )
        digests = {
            function: hashlib.sha256(SECRET_VALUES[f"ekklesia:{name}"].encode()).hexdigest()
            for function, name in API_TOKENS.items()
        }
        for told in (accepted, configured):
            assert json.loads(told.inputs["stdin"])["tokens"] == digests
            assert "stdin" in told.secret_inputs
        for function in API_TOKENS:
            declared = production.get("Function", function)
            assert accepted.urn in declared.dependencies
            assert declared.urn in configured.dependencies

    def test_no_output_holds_one(self, production: Program) -> None:
        outputs = json.dumps(production.outputs, default=str)
        assert production.outputs["portalUrl"] == "https://ekklesia-prod-10-2025.web.app"
        assert production.outputs["functionUrls"]["bidirectional_sync"] == SYNC_URL
        assert not any(secret in outputs for secret in SECRET_VALUES.values())


def test_no_module_asks_which_world_it_is_in() -> None:
    """Whatever differs between stacks is a setting: the program compares no stack's name with anything."""
    for path in (path for path in source_files(ROOT / "infra") if path.suffix == ".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant):
                assert node.value not in ("local", "prod"), path
            if isinstance(node, ast.Compare):
                assert "get_stack" not in ast.unparse(node), path
