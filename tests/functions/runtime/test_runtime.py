"""Settings that fail fast by name, and logs that mask."""

from __future__ import annotations

import json

import pytest
import structlog

from runtime import logs, settings
from runtime.settings import (
    BrowserSettings,
    ConfigurationError,
    DjangoSettings,
    KenniSettings,
    ProjectSettings,
    RunLimits,
    load,
)

JON = "0101701234"


def test_all_settings_are_read(environment: pytest.MonkeyPatch) -> None:
    assert load(ProjectSettings).gcp_project == "demo-functions"
    assert load(BrowserSettings).cors_allowed_origins == ("https://portal.example",)
    assert load(KenniSettings).login_failures_per_person == 5
    assert load(RunLimits).batch_size == 500


def test_several_origins_are_told_apart_by_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CORS_ALLOWED_ORIGINS", "https://a.example, https://b.example,")

    assert load(BrowserSettings).cors_allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        (ProjectSettings, "GCP_PROJECT", ""),
        (BrowserSettings, "CORS_ALLOWED_ORIGINS", "*"),
        (BrowserSettings, "CORS_ALLOWED_ORIGINS", " , "),
        (KenniSettings, "KENNI_IS_ISSUER_URL", "kenni"),
        (KenniSettings, "JWKS_CACHE_TTL_SECONDS", "an-hour"),
        (KenniSettings, "JWKS_CACHE_TTL_SECONDS", "0"),
        (DjangoSettings, "DJANGO_API_BASE_URL", "file:///etc/passwd"),
        (RunLimits, "SYNC_BATCH_SIZE", "501"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(
    environment: pytest.MonkeyPatch, group: type[settings.Settings], name: str, value: str
) -> None:
    environment.setenv(name, value)

    with pytest.raises(ConfigurationError) as caught:
        load(group)
    assert str(caught.value) == f"missing or invalid settings: {name}"


def test_secrets_show_in_no_representation(environment: pytest.MonkeyPatch) -> None:
    shown = f"{load(KenniSettings)!r} {load(DjangoSettings)!r}"

    assert "a-client-secret" not in shown
    assert "an-api-token" not in shown


def test_all_that_is_missing_is_told_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("DJANGO_API_TOKEN")
    environment.delenv("GCP_PROJECT")

    with pytest.raises(ConfigurationError) as caught:
        settings.check("bidirectional_sync")
    assert set(caught.value.names) == {"DJANGO_API_TOKEN", "GCP_PROJECT"}


def test_a_record_is_json_with_cloud_loggings_fields(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()

    with logs.request_context("105445aa7843bc8bf206b12000100000/1;o=1") as correlation_id:
        structlog.get_logger("test").warning("refused", status=403)

    record = json.loads(capsys.readouterr().out)
    assert (record["severity"], record["message"], record["status"]) == ("WARNING", "refused", 403)
    assert record["correlation_id"] == correlation_id
    assert record["logging.googleapis.com/trace"] == (
        "projects/demo-functions/traces/105445aa7843bc8bf206b12000100000"
    )


def test_a_kennitala_is_masked_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()

    try:
        raise ValueError(f"members/{JON}")
    except ValueError:
        structlog.get_logger("test").exception(
            f"about {JON}", kennitala=JON, deep={"list": [JON, {JON: 1}]}, other=frozenset([JON])
        )

    out = capsys.readouterr().out
    assert JON not in out
    assert "010170-****" in out
    assert "Traceback" in json.loads(out)["exception"]
