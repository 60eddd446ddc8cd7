"""Only operators who are named may decide what is held, each by an account that can do nothing else."""

from __future__ import annotations

from tests.infra.conftest import GUDRUN
from tools.program_run import Program


def test_only_the_person_gets_tokens_of_their_account_and_only_to_identify(with_operator: Program) -> None:
    [binding] = [
        it
        for it in with_operator.of_type("serviceaccount/iAMMember:IAMMember")
        if "operator-gudrun" in it.name
    ]
    assert binding.inputs["member"] == f"user:{GUDRUN}"
    assert binding.inputs["role"] == "roles/iam.serviceAccountOpenIdTokenCreator"
    assert "operator-gudrun@" in binding.inputs["serviceAccountId"]


def test_the_account_may_call_the_decision_and_nothing_else(with_operator: Program) -> None:
    account = "serviceAccount:operator-gudrun@ekklesia-prod-10-2025.iam.gserviceaccount.com"
    held = [it for it in with_operator.resources if it.inputs.get("member") == account]
    assert [(it.inputs["role"], it.inputs["name"]) for it in held] == [
        ("roles/run.invoker", "operatordecision")
    ]


def test_the_engine_knows_what_an_operator_has_by_their_name(with_operator: Program) -> None:
    """By another name it would be made again, and what it replaces taken away."""
    assert {it.name for it in with_operator.resources if "gudrun" in it.name} == {
        "operator-gudrun",
        "operator-gudrun-is-gudrun",
        "operatordecision-invoked-by-operator-gudrun",
        "gudrun-reads-wheels",
        "gudrun-adds-wheels",
    }
    account = with_operator.get("Account", "operator-gudrun")
    assert account.inputs["displayName"].endswith(", as gudrun")


def test_what_an_operator_has_waits_for_every_api(with_operator: Program) -> None:
    answering = with_operator.get("Command", "apis-answer")
    for it in with_operator.resources:
        if "gudrun" in it.name:
            assert with_operator.waits_for(it, answering), it.name


def test_neither_the_nudge_nor_the_scheduler_may_call_the_decision(with_operator: Program) -> None:
    callers = {
        it.inputs["member"].partition(":")[2].partition("@")[0]
        for it in with_operator.of_type("ServiceIamMember")
        if it.inputs["name"] == "operatordecision"
    }
    assert callers == {"operator-gudrun"}
