"""The identities that are no function's hold what the program's wiring makes them need, and no other role.

What each needs is read from what the program tells their code: the job's address, the trigger, the settings
of the host. That this code calls nothing else is shown with exactly these permissions: for the host's copies
and the wheels in `tests/services`, and in the one-machine world for the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from local.services import iam
from local.services.iam_roles import permissions_of
from tools.access import Grant, grants
from tools.program_run import Declared, Program

UPLOAD, LOG = "artifactregistry.repositories.uploadArtifacts", "logging.logEntries.create"
UNCALLED = {
    "roles/run.invoker": {"run.instances.invoke", "run.jobs.run"},
    "roles/iam.workloadIdentityUser": {
        "iam.serviceAccounts.get",
        "iam.serviceAccounts.getAccessToken",
        "iam.serviceAccounts.getOpenIdToken",
        "iam.serviceAccounts.list",
    },
    "roles/iam.serviceAccountOpenIdTokenCreator": set(),
    "roles/eventarc.eventReceiver": {"eventarc.events.receiveAuditLogWritten"},
    "roles/storage.objectCreator": {
        "storage.folders.create",
        "storage.managedFolders.create",
        "storage.multipartUploads.abort",
        "storage.multipartUploads.create",
        "storage.multipartUploads.listParts",
        "storage.objects.createContext",
    },
}
"""What Google's role includes beyond what is called; it changes nothing that is stored (decision 43)."""
GOOGLES_BUILD = {"roles/artifactregistry.writer", "roles/storage.objectViewer", "roles/logging.logWriter"}
"""Their calls are Cloud Build's own, so only their places are held here."""
EVERYWHERE = {"orgpolicy.policy.get", "resourcemanager.projects.get", "resourcemanager.projects.list"}


class Need(NamedTuple):
    """A permission that somebody's code calls, and on what."""

    holder: str
    permission: str
    target: str


@pytest.fixture(scope="module")
def held(with_operator: Program) -> list[Grant]:
    """The grants of everybody who is no function, and no service of Google's (`infra/service_agents.py`)."""
    return [grant for grant in grants(with_operator) if not grant.holder.startswith(("fn-", "gcp-sa-"))]


def test_nothing_that_is_needed_is_missing(with_operator: Program, held: list[Grant]) -> None:
    given = {Need(it.holder, permission, it.target) for it in held for permission in included(it)}
    assert set(needs(with_operator)) - given == set()


def test_no_grant_is_without_a_need(with_operator: Program, held: list[Grant]) -> None:
    needed = set(needs(with_operator))
    idle = [
        grant
        for grant in held
        if not any(Need(grant.holder, name, grant.target) in needed for name in included(grant))
    ]
    assert idle == []


def test_what_nobody_calls_is_known_and_harmless(with_operator: Program, held: list[Grant]) -> None:
    needed = set(needs(with_operator))
    for grant in held:
        uncalled = {name for name in included(grant) if Need(grant.holder, name, grant.target) not in needed}
        allowed = UNCALLED.get(grant.role, set()) | EVERYWHERE
        assert grant.role in GOOGLES_BUILD or uncalled <= allowed, (grant, uncalled - allowed)


def test_a_grant_too_many_or_too_few_would_be_seen(with_operator: Program, held: list[Grant]) -> None:
    """These tests fail without what they test."""
    one_more = Grant("sync-nudge", "roles/run.invoker", "service `operatordecision`")
    with pytest.raises(AssertionError):
        test_no_grant_is_without_a_need(with_operator, [*held, one_more])
    with pytest.raises(AssertionError):
        test_what_nobody_calls_is_known_and_harmless(
            with_operator, [Grant("host-backup", "roles/storage.objectAdmin", held[0].target)]
        )
    for grant in held:
        others = [it for it in held if it is not grant]
        with pytest.raises(AssertionError):
            test_nothing_that_is_needed_is_missing(with_operator, others)


def included(grant: Grant) -> frozenset[str]:
    """The permissions of a grant's role."""
    return frozenset(grant.permissions or permissions_of(grant.role))


def needs(program: Program) -> Iterator[Need]:
    """All needs, as the program's wiring tells them."""
    yield from _of_the_scheduler(program)
    yield from _of_events_and_builds(program)
    yield from _of_the_host(program)
    yield from _of_the_operators()
    yield from _of_browsers(program)


def _of_the_scheduler(program: Program) -> Iterator[Need]:
    for job in program.of_type("cloudscheduler/job:Job"):
        target = job.inputs["httpTarget"]
        caller = _account(target["oidcToken"]["serviceAccountEmail"])
        yield Need(caller, iam.INVOKE, _service_at(program, target["uri"]))


def _of_events_and_builds(program: Program) -> Iterator[Need]:
    for function in program.of_type("cloudfunctionsv2/function:Function"):
        trigger, build = function.inputs.get("eventTrigger"), function.inputs["buildConfig"]
        if trigger:
            deliverer = _account(trigger["serviceAccountEmail"])
            yield Need(deliverer, iam.INVOKE, _service(function.name))
            yield Need(deliverer, iam.RECEIVE_EVENTS, "the project")
        builder = _account(build["serviceAccount"])
        source = build["source"]["storageSource"]["bucket"]
        yield Need(builder, iam.GET_OBJECT, f"bucket `{source}`")
        yield Need(builder, iam.GET_OBJECT, "buckets gcf-v2-sources-*")
        yield Need(builder, UPLOAD, "repository `functions`")
        yield Need(builder, LOG, "the project")


def _of_the_host(program: Program) -> Iterator[Need]:
    [configure] = [it for it in program.resources if it.name == "host-configure"]
    told = json.loads(configure.inputs["stdin"])
    django, copies = told["environment"], told["offsite"]
    nudge, backup = _account(django["NUDGE_SERVICE_ACCOUNT"]), _account(copies["service_account"])
    yield Need(nudge, iam.INVOKE, _service_at(program, django["NUDGE_URL"]))
    yield Need(backup, iam.CREATE_OBJECT, f"bucket `{copies['bucket']}`")
    nudger = _principal(django["NUDGE_POOL_PROVIDER"], django["NUDGE_SUBJECT"])
    copier = _principal(copies["pool_provider"], copies["subject"])
    yield Need(nudger, iam.GET_ID_TOKEN, f"account `{nudge}`")
    yield Need(copier, iam.GET_ACCESS_TOKEN, f"account `{backup}`")


def _of_the_operators() -> Iterator[Need]:
    """`fab sync.release`, and a deploy's wheel."""
    person, wheels = "user:gudrun", "bucket `ekklesia-prod-10-2025-wheels`"
    yield Need("operator-gudrun", iam.INVOKE, _service("operatordecision"))
    yield Need(person, iam.GET_ID_TOKEN, "account `operator-gudrun`")
    yield Need(person, iam.GET_OBJECT, wheels)
    yield Need(person, iam.CREATE_OBJECT, wheels)


def _of_browsers(program: Program) -> Iterator[Need]:
    """What the portal is told of is open to all, and nothing else."""
    [release] = [it for it in program.resources if it.name == "portal-release"]
    for address in json.loads(release.inputs["stdin"])["portal"]["functions"].values():
        yield Need("allUsers", iam.INVOKE, _service_at(program, address))


def _service(function: str) -> str:
    return f"service `{function.lower().replace('_', '-')}`"


def _service_at(program: Program, address: str) -> str:
    """The service of the function whose address that is."""
    [function] = [it for it in _functions(program) if address == _address(program, it)]
    return _service(function.name)


def _functions(program: Program) -> list[Declared]:
    return program.of_type("cloudfunctionsv2/function:Function")


def _address(program: Program, function: Declared) -> Any:
    urls = {name.lower().replace("_", "-"): url for name, url in program.outputs["functionUrls"].items()}
    return urls.get(function.name.lower().replace("_", "-"))


def _account(written: str) -> str:
    return written.rpartition("/")[2].partition("@")[0]


def _principal(provider: str, subject: str) -> str:
    pool = provider.removeprefix("//").partition("/providers/")[0]
    return f"principal://{pool}/subject/{subject}"
