"""Pulumi's program and Fabric refuse a mistake in the settings of a host, and with the same words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import load_stack
from tools.program_run import run_program

STACK = "prod"
FILE = f"Pulumi.{STACK}.yaml"
HOST = "should be a host name or an IPv4 address"
ADDRESS = "should be a host name or an IP address"
URL = "should be an https URL: a host, perhaps a port and a path"

MAIL = {"host": "smtp.is", "sender": "felag@smtp.is", "senderName": "Félagið"}
MISTAKES: list[tuple[str, Any, str]] = [
    ("address", None, "address: is missing"),
    ("address", "starf_.is", f"address: {ADDRESS}"),
    ("address", "starf..is", f"address: {ADDRESS}"),
    ("address", "-oProxyCommand=reboot", f"address: {ADDRESS}"),
    ("address", "a" * 64, f"address: {ADDRESS}"),
    ("address", ".".join(["a" * 60] * 5), f"address: {ADDRESS}"),
    ("address", "2001:db8::1%eth0", f"address: {ADDRESS}"),
    ("address", "2001:db8::1::2", "address: At most one '::' permitted in '2001:db8::1::2'"),
    ("address", "[2001:db8::1]", f"address: {ADDRESS}"),
    ("address", 17210571207, "address: should be a valid string"),
    ("port", 0, "port: should be greater than 0"),
    ("port", 65536, "port: should be less than 65536"),
    ("port", "22", "port: should be a valid integer"),
    ("user", "Manager", "user: should be a user's name: small letters, digits, `_` and `-`"),
    ("domains", [], "domains: List should have at least 1 item after validation, not 0"),
    ("domains", ["starf.is", "*.starf.is"], f"domains.1: {HOST}"),
    ("domains", ["starf.is "], f"domains.0: {HOST}"),
    ("domains", "starf.is", "domains: should be a valid list"),
    ("apiBaseUrl", "http://starf.is/felagar", f"apiBaseUrl: {URL}"),
    ("apiBaseUrl", "https://starf.is/felagar?x=1", f"apiBaseUrl: {URL}"),
    ("apiBaseUrl", "https://starf.is/felagar/", "apiBaseUrl: should not end with a slash"),
    ("workers", 11, "workers: should be less than or equal to 10"),
    ("certificate", "none", "certificate: should be 'acme' or 'files'"),
    ("runtime", "newest", "runtime: should be 'legacy' or 'current'"),
    ("legacyUntil", "next summer", "legacyUntil: should be a day: 2027-06-30"),
    ("legacyUntil", 2027, "legacyUntil: should be a valid date"),
    ("staff", {"secondFactorFrom": "soon"}, "staff.secondFactorFrom: should be a day: 2027-06-30"),
    ("staff", {"idleMinutes": 0}, "staff.idleMinutes: should be greater than or equal to 5"),
    ("mail", {"host": "smtp.is"}, "mail.sender: is missing"),
    ("mail", MAIL | {"host": "smtp.is; reboot"}, f"mail.host: {HOST}"),
    ("mail", MAIL | {"tls": "ssl"}, "mail.tls: should be 'starttls', 'tls' or 'none'"),
    ("mail", MAIL | {"tls": "none"}, "mail: tls: `none` is for a server on the host itself (127.0.0.1)"),
    (
        "mail",
        MAIL | {"tls": "none", "host": "127.example.is"},
        "mail: tls: `none` is for a server on the host itself (127.0.0.1)",
    ),
    ("mail", MAIL | {"sender": "félag@smtp.is"}, "mail.sender: should be an e-mail address"),
    ("mail", MAIL | {"senderName": "a\nBcc: b"}, "mail.senderName: should be one line without quotation"),
    ("mail", MAIL | {"perMinute": -1}, "mail.perMinute: should be greater than or equal to 0"),
    ("postgresql", "10", "postgresql: should be 'debian' or 'existing'"),
    (
        "backup",
        {"recipient": "AGE-SECRET-KEY-1"},
        "backup.recipient: should be the public half of an age key",
    ),
    ("backup", {"daily": 0}, "backup.daily: should be greater than or equal to 1"),
    ("backup", {"hourly": 1}, "backup.hourly: is not a setting"),
    ("acme", {"directory": "http://acme.is/directory"}, f"acme.directory: {URL}"),
    ("acme", {"domains": ["a.is --reinstall"]}, f"acme.domains.0: {HOST}"),
    ("acme", {"authorities": "ca.pem"}, "acme.authorities: should be the full path of a file on the host"),
    ("previousSite", {"database": "a b"}, "previousSite.database: should be a database's name"),
    ("trustedProxies", ["0.0.0.0/0"], "trustedProxies.0: should not be the whole internet"),
    ("trustedProxies", ["198.51.100.7/24"], "trustedProxies.0: 198.51.100.7/24 has host bits set"),
    ("acceptChanges", "yes", "acceptChanges: should be a valid boolean"),
    ("allowDirty", "yes", "allowDirty: should be a valid boolean"),
    ("prot", 22, "prot: is not a setting"),
]
OF_THE_WHOLE: list[tuple[dict[str, Any], str]] = [
    ({"runtime": "legacy"}, "legacyUntil: is missing; say until which day"),
    ({"legacyUntil": "2027-06-30"}, "legacyUntil: goes with `runtime: legacy` only"),
    ({"former": {"database": "felagakerfi"}}, "former: this setting is called `previousSite` now"),
    ({"previousSite": {"database": "felagakerfi"}}, "previousSite: postgresql must be `existing`"),
]


def refusals(config: dict[str, Any], folder: Path) -> tuple[str, str]:
    """What Pulumi's program and what Fabric says of the stack, without the folder of its file."""
    (folder / FILE).write_text(yaml.safe_dump({"config": config}))
    with pytest.raises(pulumi.RunError) as by_pulumi:
        run_program(config, stack=STACK)
    with pytest.raises(DeployError) as by_fabric:
        load_stack(STACK, folder)
    return str(by_pulumi.value), by_fabric.value.message.removeprefix(f"{folder}/")


@pytest.mark.parametrize(("key", "value", "words"), MISTAKES)
def test_both_refuse_a_wrong_setting_with_the_same_words(
    config: dict[str, Any], tmp_path: Path, key: str, value: Any, words: str
) -> None:
    section = config["ekklesia:linode"] | {key: value}
    config["ekklesia:linode"] = {key: value for key, value in section.items() if value is not None}
    by_pulumi, by_fabric = refusals(config, tmp_path)
    assert by_pulumi == by_fabric
    assert by_pulumi.startswith(f"{FILE}: ekklesia:linode.{words}")
    assert "\n" not in by_pulumi


@pytest.mark.parametrize(("changes", "words"), OF_THE_WHOLE)
def test_both_refuse_settings_that_do_not_fit_together_with_the_same_words(
    config: dict[str, Any], tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    config["ekklesia:linode"] |= changes
    by_pulumi, by_fabric = refusals(config, tmp_path)
    assert by_pulumi == by_fabric
    assert by_pulumi.startswith(f"{FILE}: ekklesia:linode: {words}")


def test_both_name_every_mistake_at_once(config: dict[str, Any], tmp_path: Path) -> None:
    config["ekklesia:linode"] |= {"address": "starf_.is", "port": 0}
    by_pulumi, by_fabric = refusals(config, tmp_path)
    assert by_pulumi == by_fabric
    assert "ekklesia:linode.address: " in by_pulumi
    assert "; ekklesia:linode.port: " in by_pulumi


@pytest.mark.parametrize("written", ["2027-06-30", "'2027-06-30'"], ids=["a day", "a text"])
def test_both_read_a_day_however_the_file_writes_it(
    config: dict[str, Any], tmp_path: Path, written: str
) -> None:
    config["ekklesia:linode"] |= {"runtime": "legacy", "legacyUntil": "DAY"}
    (tmp_path / FILE).write_text(yaml.safe_dump({"config": config}).replace("DAY", written))

    assert load_stack(STACK, tmp_path).linode.legacy_until == date(2027, 6, 30)


def test_a_day_is_read_as_pulumi_hands_it_on(config: dict[str, Any]) -> None:
    section = {"runtime": "legacy", "legacyUntil": "2027-06-30T00:00:00Z"}
    settings = LinodeSettings.model_validate(config["ekklesia:linode"] | section)

    assert settings.legacy_until == date(2027, 6, 30)
