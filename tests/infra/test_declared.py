"""`docs/declared.yaml` has every setting of every resource, so a change of any of them is seen."""

from __future__ import annotations

import dataclasses

import yaml

from tools import declared
from tools.program_run import SECRET_VALUES, Program


def test_the_document_is_current(production: Program) -> None:
    assert declared.DOCUMENT.read_text() == declared.rendered(production), "run `make access`"


def test_every_resource_and_every_setting_is_shown(production: Program) -> None:
    shown = yaml.load(declared.rendered(production), yaml.CSafeLoader)
    for resource in production.resources:
        assert resource.inputs.keys() <= shown[f"{resource.type} {resource.name}"].keys()


def test_a_setting_that_changes_is_seen(production: Program) -> None:
    """Of each resource, and whether it is protected."""
    for resource in production.resources:
        before = declared.content(Program([resource]))
        for other in (
            dataclasses.replace(resource, inputs={**resource.inputs, "project": "another"}),
            dataclasses.replace(resource, protect=not resource.protect),
        ):
            assert declared.content(Program([other])) != before


def test_it_holds_no_secret(production: Program) -> None:
    document = declared.rendered(production)
    assert not [name for name, value in SECRET_VALUES.items() if value in document]
