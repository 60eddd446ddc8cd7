"""The limits of each setting: the last value that is taken, and the first that is not."""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi
import pytest
from pulumi.runtime.config import set_all_config

from infra.settings import Settings, load, load_secrets, parse
from tools.program_run import SECRET_VALUES

TAKEN: list[tuple[str, Any]] = [
    ("gcp:project", "p"),
    ("gcp:region", "r"),
    ("ekklesia:adopt", ["x"]),
    ("ekklesia:corsAllowedOrigins", ["http://x"]),
    ("ekklesia:corsAllowedOrigins", ["http://x:8401"]),
    ("ekklesia:authorizedDomains", ["x"]),
    ("ekklesia:operators", {"g": "a@b.is"}),
    ("ekklesia:operators", {f"g{'0' * 18}-": "Gudrun.J_1%+-@mail.example-1.is"}),
    ("ekklesia:recordsKeptDays", 30),
    ("ekklesia:recordsKeptDays", 4000),
    ("ekklesia:backupBucket", {"retainedDays": 0}),
    ("ekklesia:backupBucket", {"retainedDays": 400}),
    ("ekklesia:emulators", {"auth": "http://127.0.0.1:8404", "firestore": "x"}),
    ("ekklesia:emulators", None),
    ("ekklesia:office", None),
    ("ekklesia:office", {"address": "x", "phone": "12345", "email": "a@b.is"}),
    (
        "ekklesia:office",
        {"address": "x", "phone": "+354 555-0100", "email": "a@b.is", "joinUrl": "https://x"},
    ),
    (
        "ekklesia:office",
        {"address": "x", "phone": "12345", "email": "a@b.is", "joinUrl": "https://x/join/?by=portal#form"},
    ),
]
REFUSED: list[tuple[str, Any, str]] = [
    ("gcp:project", "", "gcp:project: "),
    ("gcp:region", "", "gcp:region: "),
    ("ekklesia:adopt", [""], "ekklesia:adopt"),
    ("ekklesia:corsAllowedOrigins", [], "ekklesia:corsAllowedOrigins: "),
    ("ekklesia:corsAllowedOrigins", ["ftp://x"], "should be an http or https URL"),
    ("ekklesia:corsAllowedOrigins", ["https://"], "should be an http or https URL"),
    ("ekklesia:corsAllowedOrigins", ["https://x?y"], "should be an http or https URL"),
    ("ekklesia:corsAllowedOrigins", ["https://x#y"], "should be an http or https URL"),
    ("ekklesia:authorizedDomains", [], "ekklesia:authorizedDomains: "),
    ("ekklesia:authorizedDomains", [""], "ekklesia:authorizedDomains.0: "),
    ("ekklesia:operators", {"": "a@b.is"}, "ekklesia:operators"),
    ("ekklesia:operators", {"1g": "a@b.is"}, "ekklesia:operators"),
    ("ekklesia:operators", {"g" * 21: "a@b.is"}, "ekklesia:operators"),
    ("ekklesia:operators", {"g": "a@b"}, "ekklesia:operators.g"),
    ("ekklesia:operators", {"g": "a@b.is,c@d.is"}, "ekklesia:operators.g"),
    ("ekklesia:recordsKeptDays", 29, "ekklesia:recordsKeptDays: "),
    ("ekklesia:recordsKeptDays", 4001, "ekklesia:recordsKeptDays: "),
    ("ekklesia:backupBucket", {"retainedDays": 1, "lockedForEver": ""}, "ekklesia:backupBucket.lockedFor"),
    ("ekklesia:emulators", {"auth": "http://x", "firestore": ""}, "ekklesia:emulators.firestore: "),
    ("ekklesia:office", {"phone": "5550100", "email": "a@b.is"}, "ekklesia:office.address: is missing"),
    ("ekklesia:office", {"address": "", "phone": "5550100", "email": "a@b.is"}, "ekklesia:office.address: "),
    ("ekklesia:office", {"address": "x", "phone": "ask us", "email": "a@b.is"}, "ekklesia:office.phone: "),
    ("ekklesia:office", {"address": "x", "phone": "1234", "email": "a@b.is"}, "ekklesia:office.phone: "),
    ("ekklesia:office", {"address": "x", "phone": "5550100", "email": "a@b"}, "ekklesia:office.email: "),
    (
        "ekklesia:office",
        {"address": "x", "phone": "5550100", "email": "a@b.is", "joinUrl": "javascript:alert(1)"},
        "ekklesia:office.joinUrl: should be an http or https URL",
    ),
]


@pytest.mark.parametrize(("key", "value"), TAKEN)
def test_the_last_value_that_is_taken(config: dict[str, Any], key: str, value: Any) -> None:
    changed = config | {key: value} | ({"gcp:billingProject": value} if key == "gcp:project" else {})
    assert isinstance(parse(changed), Settings)


@pytest.mark.parametrize(("key", "value", "words"), REFUSED)
def test_the_first_that_is_not(config: dict[str, Any], key: str, value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        parse(config | {key: value})
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("any_api", "expected"),
    [
        (None, "https://run.googleapis.com"),
        ("http://127.0.0.1:8402/{api}", "http://127.0.0.1:8402/run"),
    ],
)
def test_an_api_has_its_own_address_or_that_of_the_world(
    config: dict[str, Any], any_api: str | None, expected: str
) -> None:
    config["ekklesia:googleApis"] |= {"any": any_api} if any_api else {}
    assert parse(config).google_apis.of("run") == expected


@pytest.mark.parametrize("address", ["http://127.0.0.1", "http://{api}/{api}"])
def test_an_address_for_every_api_has_one_place_for_it(config: dict[str, Any], address: str) -> None:
    config["ekklesia:googleApis"]["any"] = address
    with pytest.raises(ValueError, match=r"googleApis\.any: should have one \{api\}"):
        parse(config)


def test_settings_come_as_pulumi_hands_them_over(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one variable, or set by whoever runs the program."""
    encoded = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    region = encoded.pop("gcp:region")
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(encoded))
    set_all_config({"gcp:region": region})
    assert load() == parse(config)


def test_what_is_not_set_has_its_default(config: dict[str, Any]) -> None:
    settings = parse(config)
    assert settings.records_kept_days == 400
    assert (settings.operators, settings.emulators, settings.google_apis.access_token) == ({}, None, None)
    assert settings.backup_bucket.locked_for_ever is None


def test_a_setting_cannot_be_changed_by_a_slip(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        parse(config).project = "another"


@pytest.mark.parametrize("token", ["x" * 31, "x" * 129, "a" * 31 + " "])
def test_a_token_that_django_would_refuse_is_refused(token: str) -> None:
    set_all_config(SECRET_VALUES | {"ekklesia:syncmembersToken": token}, list(SECRET_VALUES))
    with pytest.raises(pulumi.RunError, match="syncmembersToken must be 32 to 128 letters") as raised:
        load_secrets(None)
    assert token not in str(raised.value)


def test_a_mistake_names_the_stacks_file(config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi.get_stack", lambda: "prod")
    encoded = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    set_all_config(encoded | {"ekklesia:portalUrl": "x"})
    with pytest.raises(pulumi.RunError, match=r"^Pulumi\.prod\.yaml: ekklesia:portalUrl: should be"):
        load()
