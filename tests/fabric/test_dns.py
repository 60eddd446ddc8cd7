"""Names that lead elsewhere are told by `fab status`, each by itself."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.remote.linode_settings import LinodeSettings
from deploy.status.dns import differs
from tests.fabric.conftest import SETTINGS

HERE = "198.51.100.2"


def settings_with(*domains: str, **more: Any) -> LinodeSettings:
    return LinodeSettings.model_validate(SETTINGS | {"domains": list(domains)} | more)


def resolve(name: str) -> set[str]:
    known = {HERE: {HERE}, "starf.is": {HERE, "2001:db8::2"}, "old.is": {"192.0.2.9"}, "host.is": {HERE}}
    if name not in known:
        raise OSError("Name or service not known")
    return known[name]


def test_a_name_that_leads_to_the_host_is_well() -> None:
    assert differs(settings_with("starf.is"), resolve) == {}
    assert differs(settings_with("starf.is", address="host.is"), resolve) == {}


def test_names_that_do_not_are_told_one_by_one() -> None:
    told = differs(settings_with("starf.is", "old.is", "gone.is"), resolve)
    assert list(told) == ["DNS of old.is", "DNS of gone.is"]
    assert told["DNS of old.is"] == "it leads to 192.0.2.9, not to 198.51.100.2; mend the record"
    assert "it is not found from here (Name or service not known)" in told["DNS of gone.is"]


def test_behind_a_proxy_a_name_leads_there() -> None:
    proxied = settings_with("old.is", "gone.is", trustedProxies=["192.0.2.0/24"])
    assert list(differs(proxied, resolve)) == ["DNS of gone.is"]


def test_a_host_that_is_called_by_an_alias_cannot_be_compared_with() -> None:
    aliased = settings_with("starf.is", "gone.is", address="an-alias")
    assert list(differs(aliased, resolve)) == ["DNS of gone.is"]


@pytest.mark.parametrize("name", [HERE, "starf.ekklesia.test", "localhost"])
def test_what_stands_in_no_dns_is_not_asked_for(name: str) -> None:
    def ask(_: str) -> set[str]:
        return pytest.fail("asked")

    assert differs(settings_with(name), ask) == {}
