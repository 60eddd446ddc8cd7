"""Whatever the program uses of Google is served by a front end, and our provider is a client of it.

What the program declares, and what it asks before anything else, is read from docs/declared.yaml, which
`make access` writes from the program itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from infra.adoptable import KINDS, Kind
from infra.project_services import APIS, OF_THE_PROVIDER
from local.google.apis import versions
from local.provider.gcp.catalogue import TYPES
from local.provider.gcp.rest_resource import RestResource
from local.world import ROOT

DECLARED: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "declared.yaml").read_text())
QUESTIONS: dict[str, str] = DECLARED["command:local:Command apis-answer"]["stdin"]["(JSON)"]["questions"]
EARLIER = {"gcp:firebaserules/release:Release", "gcp:firebaserules/ruleset:Ruleset"}
"""Types of earlier programs."""
ELSEWHERE = {"iamcredentials", "sts"}
"""APIs that take tokens, which no discovery document of ours checks: they have routes of their own."""
NOTHING_DECLARED = {"logging"}
"""APIs that Google's services use by themselves: the program declares nothing of them, and asks nothing."""


def is_served(api: str, path: str) -> bool:
    """Whether a GET of that path is answered by a method that is served."""
    for version in versions().get(api, []):
        if found := version.methods.find("GET", path):
            return found[0].id in version.served
    return False


def lookups() -> Iterator[tuple[str, str]]:
    """API and path of each look whether something is there already."""
    for kind in KINDS.values():
        template = kind.name if isinstance(kind, Kind) else kind.parent
        yield kind.api, f"{kind.version}/{re.sub(r'{[a-z_]+}', 'x', template)}"


def test_each_declared_type_is_our_providers() -> None:
    declared = {name.split()[0] for name in DECLARED if name.startswith("gcp:")}
    ours = {each.pulumi_type for each in TYPES}
    assert ours - EARLIER == declared


def test_our_provider_is_a_client_of_the_front_ends() -> None:
    for each in TYPES:
        assert isinstance(each, RestResource), each.pulumi_type
        assert each.schema.document.split(".")[0] in versions(), each.pulumi_type


def test_each_enabled_api_has_a_front_end() -> None:
    enabled = set(APIS) | set(OF_THE_PROVIDER)
    assert enabled - set(versions()) == ELSEWHERE | NOTHING_DECLARED
    types = {name.split(":")[1].split("/")[0] for name in DECLARED if name.startswith("gcp:")}
    assert not types & {"logging", "monitoring"}


@pytest.mark.parametrize("api", sorted(QUESTIONS))
def test_what_an_enabled_api_is_asked_is_served(api: str) -> None:
    assert is_served(api, urlsplit(QUESTIONS[api]).path[1:])


@pytest.mark.parametrize(("api", "path"), list(lookups()))
def test_what_is_looked_for_before_it_is_made_is_served(api: str, path: str) -> None:
    assert is_served(api, path)
