"""`docs/access.md` says who may do what, as the program has it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tools import access
from tools.program_run import Declared, Program


def declared(kind: str, name: str, **inputs: Any) -> Declared:
    return Declared(type=kind, name=name, inputs=inputs)


def with_one_more(production: Program, resource: Declared) -> Program:
    return dataclasses.replace(production, resources=[*production.resources, resource])


def test_the_document_is_current(production: Program) -> None:
    assert access.DOCUMENT.read_text() == access.render(production), "run `make access`"


def test_every_grant_is_shown(production: Program) -> None:
    """Without any one of them the document is another."""
    document = access.render(production)
    granting = [resource for resource in production.resources if "role" in resource.inputs]
    assert len(granting) == len(access.grants(production)) > 20
    for resource in granting:
        others = [other for other in production.resources if other is not resource]
        assert access.render(dataclasses.replace(production, resources=others)) != document, resource.name


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"role": "roles/owner", "member": "serviceAccount:fn-healthz@p.iam"}, "`owner` on the project"),
        ({"role": "roles/viewer", "member": "serviceAccount:sync-nudge@p.iam"}, "`viewer` on the project"),
    ],
)
def test_one_role_more_is_one_word_more(production: Program, inputs: Any, expected: str) -> None:
    more = with_one_more(production, declared("gcp:projects/iAMMember:IAMMember", "more", **inputs))
    assert expected not in access.render(production)
    assert expected in access.render(more)


@pytest.mark.parametrize(
    "inputs",
    [{"role": "roles/viewer", "members": ["allUsers"]}, {"policyData": "{}"}],
    ids=["binding", "policy"],
)
def test_a_grant_that_the_document_cannot_show_is_an_error(
    production: Program, inputs: dict[str, Any]
) -> None:
    other = declared("gcp:projects/iAMBinding:IAMBinding", "viewers", **inputs)
    with pytest.raises(access.AccessError, match=r"viewers: tools/access\.py does not know"):
        access.render(with_one_more(production, other))
