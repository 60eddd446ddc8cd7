"""The variables by which Google's own clients find the world lead to what is served, and nowhere else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from urllib.parse import urlsplit

from pulumi_gcp import ProviderArgs

from local.google.apis import APIS, versions
from local.google.frame.methods import methods_of
from local.google.real_provider import ENDPOINTS, GCLOUD_OVERRIDES, provider_variables
from local.world import ROOT, World

PAGE = ROOT / "docs" / "howto" / "use-googles-own-provider.md"


def test_each_address_is_served() -> None:
    served = {_place(api.document) for api in APIS}
    assert set(ENDPOINTS.values()) <= served
    assert {path.split("/")[0] for path in GCLOUD_OVERRIDES.values()} <= set(versions())


def test_googles_own_accounts_are_asked_for_below_the_same_address() -> None:
    """The plugin adds this path to the address as it is; for all else it puts v1 in the version's place."""
    root = ENDPOINTS["GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT"].removeprefix("serviceusage/")
    asked = f"{root}projects/p/services/eventarc.googleapis.com:generateServiceIdentity"
    assert methods_of("serviceusage.v1beta1").find("POST", asked)


def test_the_plugin_has_each_variable() -> None:
    """By the library of its version: its settings are called as the variables are."""
    settings = inspect.signature(ProviderArgs.__init__).parameters
    known = {f"GOOGLE_{name.upper()}" for name in settings if name.endswith("_custom_endpoint")}
    assert set(ENDPOINTS) <= known


def _place(name: str) -> str:
    return f"{name.replace('.', '/')}/"


def test_no_address_leaves_this_machine(google_world: World) -> None:
    addresses = [value for value in provider_variables(google_world).values() if value.startswith("http")]
    assert len(addresses) == len(ENDPOINTS)
    assert {urlsplit(address).hostname for address in addresses} == {google_world.address}


def test_the_page_names_each_variable() -> None:
    named = set(re.findall(r"`(GOOGLE_\w+|PULUMI_\w+)`", Path(PAGE).read_text()))
    assert set(ENDPOINTS) <= named
