from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from infra.settings import SECRETS
from tools.program_run import SECRET_VALUES, run_program

Change = Callable[[dict[str, Any]], object]


def in_section(section: str, key: str, value: Any) -> Change:
    return lambda config: config[f"ekklesia:{section}"].update({key: value})


def top_level(key: str, value: Any) -> Change:
    return lambda config: config.update({key: value})


MISTAKES: list[tuple[Change, str]] = [
    (top_level("ekklesia:colour", "red"), "ekklesia:colour: is not a setting"),
    (in_section("linode", "prot", 22), "ekklesia:linode.prot: is not a setting"),
    (lambda config: config.pop("ekklesia:portalUrl"), "ekklesia:portalUrl: is missing"),
    (lambda config: config.pop("gcp:project"), "gcp:project: is missing"),
    (top_level("gcp:billingProject", "another"), "gcp:billingProject: should be gcp:project"),
    (lambda config: config["ekklesia:kenni"].pop("clientId"), "ekklesia:kenni.clientId: is missing"),
    (top_level("ekklesia:protect", "yes"), "ekklesia:protect: should be a valid boolean"),
    (in_section("linode", "port", "22"), "ekklesia:linode.port: should be a valid integer"),
    (in_section("linode", "port", 0), "ekklesia:linode.port: should be greater than 0"),
    (in_section("linode", "domains", []), "ekklesia:linode.domains: List should have at least 1 item"),
    (in_section("linode", "certificate", "none"), "ekklesia:linode.certificate: should be 'acme' or 'files'"),
    (
        in_section("linode", "backup", {"recipient": "age1"}),
        "linode.backup.recipient: should be the public half of an age key",
    ),
    (in_section("linode", "backup", {"daily": 0}), "ekklesia:linode.backup.daily: should be greater"),
    (in_section("googleApis", "storage", "gs://x"), "googleApis.storage: should be an http or https URL"),
    (in_section("linode", "apiBaseUrl", "starf.is"), "linode.apiBaseUrl: should be an https URL"),
    (in_section("linode", "apiBaseUrl", "https://x.is/felagar/"), "should not end with a slash"),
    (top_level("ekklesia:portalUrl", "https://x.is/portal"), "ekklesia:portalUrl: should be an origin"),
    (top_level("ekklesia:corsAllowedOrigins", ["*"]), "should be an http or https URL"),
    (top_level("ekklesia:recordsKeptDays", 7), "ekklesia:recordsKeptDays: should be greater than"),
    (lambda config: config.pop("ekklesia:backupBucket"), "ekklesia:backupBucket: is missing"),
    (in_section("backupBucket", "retainedDays", 401), "backupBucket.retainedDays: should be less than or"),
    (in_section("backupBucket", "retainedDays", -1), "backupBucket.retainedDays: should be greater than"),
    (
        in_section("backupBucket", "lockedForEver", True),
        "backupBucket.lockedForEver: should be a valid string",
    ),
    (top_level("ekklesia:linode", "172.105.71.207"), "ekklesia:linode: should be a group of settings"),
    (top_level("ekklesia:adopt", ["no such resource"]), "no such resource"),
]


@pytest.mark.parametrize(("change", "message"), MISTAKES)
def test_a_mistake_is_one_line_that_names_the_setting(
    config: dict[str, Any], change: Change, message: str
) -> None:
    change(config)
    with pytest.raises(pulumi.RunError) as raised:
        run_program(config)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_all_mistakes_are_told_at_once(config: dict[str, Any]) -> None:
    config["ekklesia:colour"] = "red"
    config["ekklesia:linode"]["port"] = "22"
    with pytest.raises(pulumi.RunError, match=r"linode\.port.*colour"):
        run_program(config)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_secret_is_told_with_its_remedy(
    config: dict[str, Any], name: str, value: str | None
) -> None:
    given = {key: secret for key, secret in SECRET_VALUES.items() if key != f"ekklesia:{name}"}
    if value is not None:
        given[f"ekklesia:{name}"] = value
    with pytest.raises(pulumi.RunError, match=f"pulumi config set --secret {name}"):
        run_program(config, secret_values=given)


def test_a_secret_that_is_not_encrypted_is_refused(config: dict[str, Any]) -> None:
    config["ekklesia:syncmembersToken"] = "plain to see"
    given = {key: secret for key, secret in SECRET_VALUES.items() if key != "ekklesia:syncmembersToken"}
    with pytest.raises(pulumi.RunError, match="syncmembersToken is not encrypted") as raised:
        run_program(config, secret_values=given)
    assert "plain to see" not in str(raised.value)
