"""What the program tells the host, task by task, and which of the host's keys Google trusts."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from deploy.provision.configuration import OWN
from tools.program_run import JWKS, ROOT, SECRET_VALUES, Declared, Program, run_program

READERS = {"number", "required", "required_list", "all_or_none", "optional", "optional_day"}
"""Functions of Django's settings that read a variable."""
SYNC_URL = "https://bidirectional-sync-x-nw.a.run.app"


def command(production: Program, name: str) -> Declared:
    return production.get("command:local:Command", name)


@pytest.mark.parametrize(
    ("task", "options", "told"),
    [
        # It runs without a password wherever nothing has changed.
        ("provision", ["--if-changed"], "stdoutAndStderr"),
        ("nudge-key", [], "stderr"),
        ("backup-key", [], "stderr"),
        ("tokens.accept", [], "none"),
        ("configure", [], "none"),
        ("deploy", [], "stdoutAndStderr"),
    ],
)
def test_tasks_run_from_the_root_for_this_stack(
    production: Program, task: str, options: list[str], told: str
) -> None:
    declared = command(production, f"host-{task.replace('.', '-')}")
    python, option, relay, program, argument, *others = declared.inputs["create"].split()
    assert (Path(python), option, relay) == (Path(sys.executable), "-m", "infra.plugin_output")
    assert (Path(program).name, argument, others) == ("fab", task, options)
    assert Path(program).exists()
    assert declared.inputs["dir"] == str(ROOT)
    assert declared.inputs["environment"] == {"FABRIC_STACK": "prod"}
    assert declared.inputs["logging"] == told


def test_the_engine_knows_its_tasks_as_parts_of_the_host(production: Program) -> None:
    """Below another parent they would be other resources, and all run again."""
    tasks = [it for it in production.of_type("command:local:Command") if it.name.startswith("host-")]
    assert len(tasks) > 5
    assert {it.parent.rpartition("$")[2] for it in tasks} == {"ekklesia:infra:LinodeHost::linode-host"}


def test_what_is_told_secrets_tells_nothing(production: Program) -> None:
    told = [it for it in production.of_type("command:local:Command") if "stdin" in it.secret_inputs]
    assert len(told) > 1
    assert {it.inputs["logging"] for it in told} == {"none"}


def test_django_is_told_its_settings_through_standard_input_only(production: Program) -> None:
    declared = command(production, "host-configure")
    assert "stdin" in declared.secret_inputs
    assert declared.inputs["logging"] == "none"
    environment = json.loads(declared.inputs["stdin"])["environment"]
    assert environment["DJANGO_ALLOWED_HOSTS"] == "starf.sosialistaflokkurinn.is,felagakerfi.piratar.is"
    assert environment["SECOND_FACTOR_FROM"] == "2027-01-31"
    assert environment["SESSION_IDLE_MINUTES"] == "30"
    assert environment["PORTAL_URL"].startswith("https://")
    assert environment["NUDGE_URL"] == environment["NUDGE_AUDIENCE"] == SYNC_URL
    assert environment["NUDGE_POOL_PROVIDER"] == (
        "//iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/linode/providers/django"
    )


def test_django_is_given_every_variable_that_it_requires(production: Program) -> None:
    """By the program, but for those that the host makes itself."""
    of_django = ast.parse((ROOT / "linode/backend/ekklesia/settings/production.py").read_text())
    read = {
        name.value
        for call in ast.walk(of_django)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in READERS
        for name in ast.walk(call)
        if isinstance(name, ast.Constant) and isinstance(name.value, str)
    }
    given = json.loads(command(production, "host-configure").inputs["stdin"])["environment"]
    assert read == {*given, *OWN}


MAIL = {"host": "smtp.is", "user": "felag", "sender": "felag@x.is", "senderName": "Félagið"}


def test_django_is_told_its_mail_server_and_its_password_is_a_secret(config: dict[str, Any]) -> None:
    config["ekklesia:linode"]["mail"] = MAIL
    with pytest.raises(pulumi.RunError, match="mailPassword is not set: run `pulumi config set --secret"):
        run_program(config)
    declared = run_program(config, secret_values=SECRET_VALUES | {"ekklesia:mailPassword": "pass word"})
    told = json.loads(command(declared, "host-configure").inputs["stdin"])["environment"]
    assert {key: value for key, value in told.items() if key.startswith("MAIL_")} == {
        "MAIL_HOST": "smtp.is",
        "MAIL_PORT": "587",
        "MAIL_TLS": "starttls",
        "MAIL_USER": "felag",
        "MAIL_PASSWORD": "pass word",
        "MAIL_SENDER": "felag@x.is",
        "MAIL_SENDER_NAME": "Félagið",
        "MAIL_PER_MINUTE": "120",
        "MAIL_PER_DAY": "0",
        "MAIL_CONNECTIONS": "2",
    }
    stored = declared.get("SecretVersion", "mail-password")
    assert "secretData" in stored.secret_inputs


def test_google_trusts_the_key_that_the_host_made(production: Program) -> None:
    provider = production.get("WorkloadIdentityPoolProvider", "nudge-provider").inputs
    assert provider["oidc"]["jwksJson"] == JWKS
    assert provider["oidc"]["issuerUri"] == "https://starf.sosialistaflokkurinn.is"


def test_only_the_hosts_subject_may_act_as_the_nudge(production: Program) -> None:
    binding = production.get("IAMMember", "nudge-acts-as-its-account").inputs
    assert binding["role"] == "roles/iam.workloadIdentityUser"
    assert binding["member"] == (
        "principal://iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/linode"
        "/subject/django"
    )
    assert "serviceAccounts/sync-nudge@" in binding["serviceAccountId"]
