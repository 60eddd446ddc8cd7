"""What is there already is taken over if it is asked for, was begun by us, or cannot be made twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from infra import (
    firestore_database,
    function_source,
    interrupted,
    project_services,
    secret_manager,
    settings,
)
from infra.adoptable import KINDS
from infra.adoption import Adoption
from infra.cloud_function import CloudFunction, FunctionSpec, Prerequisites
from infra.google_apis.existing import Existing
from infra.host_identity import HostPool
from infra.interrupted import Creation, Recorded
from tools.program_run import ROOT, AtGoogle, Program, run_program, settings_of

PROJECT = "ekklesia-prod-10-2025"
INDEXES = json.loads((ROOT / "infra" / "firestore.indexes.json").read_text())["indexes"]
MADE_ONCE = {
    # Google makes both by itself, one of each.
    "gcp:identityplatform/config:Config",
    "gcp:firebase/hostingSite:HostingSite",
    # A deleted one's id is taken for a month.
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
}
NEVER_ADOPTED = {
    # Bindings are added to what is there, and so are audit logs.
    "gcp:projects/iAMMember:IAMMember",
    "gcp:serviceaccount/iAMMember:IAMMember",
    "gcp:secretmanager/secretIamMember:SecretIamMember",
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig",
    # Google makes an agent that is there again without a word, and changes a field in place.
    "gcp:projects/serviceIdentity:ServiceIdentity",
    "gcp:firestore/field:Field",
    # A new version is added, and another archive has another name.
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:storage/bucketObject:BucketObject",
    "command:local:Command",
}


class EverythingThere(Mapping[str, Any]):
    """Google's answers in a project in which all of it is there, as the program wants it."""

    def __getitem__(self, path: str) -> Any:
        name = path.partition("/")[2]
        if path.endswith("/indexes"):
            return {"indexes": [_index(path, name, number, each) for number, each in enumerate(INDEXES)]}
        if path.endswith("/backupSchedules"):
            daily, weekly = {"name": f"{name}/d", "dailyRecurrence": {}}, {"name": f"{name}/w"}
            return {"backupSchedules": [weekly | {"weeklyRecurrence": {}}, daily]}
        if path.endswith("/webApps"):
            return {"apps": [{"name": f"{name}/0", "displayName": "x"}, _portal(name)]}
        return {"name": name, "state": "ENABLED" if "/services/" in path else "ACTIVE"}

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        return 1


def _portal(name: str) -> dict[str, str]:
    return {"name": f"{name}/1:2:web:3", "displayName": "Member portal"}


def _index(path: str, name: str, number: int, definition: dict[str, Any]) -> dict[str, Any]:
    """As Google lists it: with the document's name as the last field. Those of other collections differ."""
    own = f"collectionGroups/{definition['collectionGroup']}/" in path
    last = {"fieldPath": "__name__", "order": "ASCENDING"}
    return {
        "name": f"{name}/{number}",
        "queryScope": definition["queryScope"] if own else "COLLECTION_GROUP",
        "fields": [*definition["fields"], last],
    }


def some_of_it() -> None:
    """A smaller program: of its parts those that the tests below are about."""
    stack = settings.load()
    # As the program does it, when it runs: the tests replace what it reads there.
    adoption = Adoption(stack.adopt, Existing(stack), interrupted.recorded())
    adoption.start()
    project_services.declare(stack)
    firestore_database.declare(stack, [])
    secret_manager.declare(stack, settings.load_secrets(stack.linode.mail), [])
    HostPool(stack, []).subject("nudge", "django", "Django", "{}")
    spec = FunctionSpec("healthz", "healthz", "fn-healthz", "Of a test", users=["firebaseauth.users.get"])
    CloudFunction(stack, spec, function_source.declare(stack, []), Prerequisites([], []))
    adoption.finish()


def run_some(config: dict[str, Any], google: AtGoogle) -> Program:
    return run_program(config, google=google, main=some_of_it)


@pytest.fixture(scope="module")
def adopted() -> Program:
    settings = settings_of(ROOT / "Pulumi.prod.yaml") | {"ekklesia:adopt": True}
    return run_program(settings, google=AtGoogle(EverythingThere()))


def imported(program: Program) -> dict[str, str]:
    return {resource.name: resource.import_id for resource in program.resources if resource.import_id}


def test_what_is_not_there_is_created(config: dict[str, Any], production: Program) -> None:
    assert imported(production) == {}
    assert imported(run_some(config | {"ekklesia:adopt": True}, AtGoogle())) == {}


def test_everything_that_is_there_is_adopted_if_it_is_asked_for(adopted: Program) -> None:
    assert {it.type for it in adopted.resources if not it.import_id} == NEVER_ADOPTED
    assert {it.type for it in adopted.resources if it.import_id} == set(KINDS)
    for kind in KINDS:
        assert all(it.import_id for it in adopted.resources if it.type == kind), kind


def test_no_two_resources_are_adopted_by_one_id(adopted: Program) -> None:
    ids = [(it.type, it.import_id) for it in adopted.resources if it.import_id]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("suffix", "name", "expected"),
    [
        ("projects/service:Service", "api-run", f"{PROJECT}/run.googleapis.com"),
        ("Database", "firestore", f"projects/{PROJECT}/databases/(default)"),
        ("Database", "rights", f"projects/{PROJECT}/databases/rights"),
        ("secret:Secret", "kenni-client-secret", f"projects/{PROJECT}/secrets/kenni-client-secret"),
        ("function:Function", "healthz", f"projects/{PROJECT}/locations/europe-west2/functions/healthz"),
        (
            "Account",
            "sync-nudge",
            f"projects/{PROJECT}/serviceAccounts/sync-nudge@{PROJECT}.iam.gserviceaccount.com",
        ),
        (
            "Job",
            "bidirectional-member-sync",
            f"projects/{PROJECT}/locations/europe-west2/jobs/bidirectional-member-sync",
        ),
        ("bucket:Bucket", "backups", f"{PROJECT}/{PROJECT}-backups"),
        ("Config", "identity-platform", f"projects/{PROJECT}/config"),
        ("BackupSchedule", "rights-daily", f"projects/{PROJECT}/databases/rights/backupSchedules/d"),
        ("BackupSchedule", "rights-weekly", f"projects/{PROJECT}/databases/rights/backupSchedules/w"),
        ("WebApp", "portal", f"projects/{PROJECT}/webApps/1:2:web:3"),
        (
            "WorkloadIdentityPoolProvider",
            "nudge-provider",
            f"projects/{PROJECT}/locations/global/workloadIdentityPools/linode/providers/django",
        ),
    ],
)
def test_import_ids_are_those_that_the_provider_documents(
    adopted: Program, suffix: str, name: str, expected: str
) -> None:
    assert adopted.get(suffix, name).import_id == expected


def test_an_index_is_known_by_its_fields(adopted: Program) -> None:
    ids = {it.name: it.import_id.rpartition("/")[2] for it in adopted.of_type("index:Index")}
    assert sorted(ids.values(), key=int) == [str(number) for number in range(len(INDEXES))]


def test_one_resource_can_be_adopted_alone(config: dict[str, Any]) -> None:
    path = f"v1/projects/{PROJECT}/databases/(default)"
    there = AtGoogle({path: {}, f"v1/projects/{PROJECT}/databases/rights": {}})
    program = run_some(config | {"ekklesia:adopt": ["firestore"]}, there)
    assert imported(program).keys() == {"firestore"}


def test_a_part_that_is_there_is_adopted_and_the_rest_created(config: dict[str, Any]) -> None:
    there: dict[str, Any] = {f"v1/projects/{PROJECT}/secrets/kenni-client-secret": {}}
    program = run_some(config | {"ekklesia:adopt": True}, AtGoogle(there))
    assert imported(program).keys() == {"kenni-client-secret"}


def test_a_disabled_api_is_not_adopted(config: dict[str, Any]) -> None:
    there = {f"v1/projects/{PROJECT}/services/run.googleapis.com": {"state": "DISABLED"}}
    assert imported(run_some(config | {"ekklesia:adopt": True}, AtGoogle(there))) == {}


def test_what_the_stack_has_is_not_taken_over_again(config: dict[str, Any], adopted: Program) -> None:
    """Pulumi would import it as its own replacement, and then delete the original: the same bucket."""
    small = run_some(config, AtGoogle())
    made = {
        Creation(it.type, it.name): "written in another way" for it in [*adopted.resources, *small.resources]
    }
    there = AtGoogle(EverythingThere(), Recorded(made=made))
    for adopt in (True, ["firestore"]):
        assert imported(run_some(config | {"ekklesia:adopt": adopt}, there)) == {}
    half = Recorded(made={each: "" for each in made if each.type == "gcp:storage/bucket:Bucket"})
    program = run_some(config | {"ekklesia:adopt": True}, AtGoogle(EverythingThere(), half))
    kinds = {it.type for it in small.resources} & KINDS.keys()
    assert {it.type for it in program.resources if it.import_id} == kinds - {"gcp:storage/bucket:Bucket"}
    assert "gcp:storage/bucket:Bucket" in kinds


def test_nothing_is_taken_over_while_nobody_knows_what_the_stack_has(config: dict[str, Any]) -> None:
    google = AtGoogle(EverythingThere(), Recorded(is_known=False))
    with pytest.raises(pulumi.RunError, match="ekklesia:adopt: the stack's state cannot be read"):
        run_some(config | {"ekklesia:adopt": True}, google)
    assert imported(run_some(config, google))


def test_what_cannot_be_made_twice_is_adopted_unasked(config: dict[str, Any]) -> None:
    program = run_program(config, google=AtGoogle(EverythingThere()))
    assert {it.type for it in program.resources if it.import_id} == MADE_ONCE
    assert "gcp:identityplatform/config:Config" in MADE_ONCE


def test_a_pool_that_was_deleted_is_restored(config: dict[str, Any]) -> None:
    """Its id cannot be used again for 30 days."""
    pool = f"v1/projects/{PROJECT}/locations/global/workloadIdentityPools/linode"
    provider = f"{pool}/providers/django"
    there = AtGoogle({pool: {"state": "DELETED"}, provider: {"state": "DELETED"}})
    assert imported(run_some(config, there)).keys() == {"nudge-pool", "nudge-provider"}
    assert there.restored == [pool, provider]


def test_what_an_interrupted_run_had_begun_is_adopted_if_it_is_there(config: dict[str, Any]) -> None:
    secret = Creation("gcp:secretmanager/secret:Secret", "kenni-client-secret")
    database = Creation("gcp:firestore/database:Database", "firestore")
    there: dict[str, Any] = {
        f"v1/projects/{PROJECT}/secrets/kenni-client-secret": {},
        f"v1/projects/{PROJECT}/secrets/syncmembers-api-token": {},
    }
    google = AtGoogle(there, Recorded(begun=frozenset({secret, database})))
    assert imported(run_program(config, google=google)).keys() == {"kenni-client-secret"}


PLACE = f"projects/{PROJECT}/locations/europe-west2"
FUNCTION = f"v2/{PLACE}/functions/healthz"
HEALTHZ = Recorded(begun=frozenset({Creation("gcp:cloudfunctionsv2/function:Function", "healthz")}))


def test_a_function_that_never_worked_is_deleted_and_made_again(config: dict[str, Any]) -> None:
    """Taken over, it would be read only, and stay without an address."""
    google = AtGoogle({FUNCTION: {"state": "FAILED"}}, HEALTHZ)
    assert imported(run_some(config, google)) == {}
    assert google.deleted == [FUNCTION]


def test_a_function_whose_last_build_failed_goes_on_to_serve(config: dict[str, Any]) -> None:
    serving = {"state": "FAILED", "serviceConfig": {"uri": "https://x"}}
    google = AtGoogle({FUNCTION: serving}, HEALTHZ)
    assert imported(run_some(config, google)).keys() == {"healthz"}
    assert google.deleted == []


def test_what_a_later_run_took_over_can_be_replaced_if_its_next_build_fails(config: dict[str, Any]) -> None:
    """Its creation is still noted as begun; Pulumi replaces nothing that it is told to take over."""
    google = AtGoogle({FUNCTION: {"state": "FAILED", "serviceConfig": {"uri": "https://x"}}})
    (begun,) = HEALTHZ.begun
    for known_as, taken_over in ((FUNCTION.removeprefix("v2/"), set()), ("another", {"healthz"})):
        google.recorded = Recorded(HEALTHZ.begun, {begun: known_as})
        assert imported(run_some(config, google)).keys() == taken_over


def test_a_replacement_that_was_interrupted_is_made_again(config: dict[str, Any]) -> None:
    """Pulumi takes nothing over in place of what it replaces, and what was made meanwhile is in its way."""
    google = AtGoogle({FUNCTION: {"state": "ACTIVE"}}, replace(HEALTHZ, replaced=HEALTHZ.begun))
    assert imported(run_some(config, google)) == {}
    assert google.deleted == [FUNCTION]


def test_nothing_that_holds_data_is_deleted_so_that_it_can_be_made_again(config: dict[str, Any]) -> None:
    secret = frozenset({Creation("gcp:secretmanager/secret:Secret", "kenni-client-secret")})
    google = AtGoogle(
        {f"v1/projects/{PROJECT}/secrets/kenni-client-secret": {}}, Recorded(secret, replaced=secret)
    )
    assert imported(run_program(config, google=google)) == {}
    assert google.deleted == []


def test_a_function_that_is_being_made_is_waited_for(config: dict[str, Any]) -> None:
    google = AtGoogle({FUNCTION: {"state": "DEPLOYING"}}, HEALTHZ)
    assert imported(run_some(config, google)).keys() == {"healthz"}
    assert google.awaited == [FUNCTION]


def test_a_deleted_role_is_left_to_the_provider_which_undeletes_it(config: dict[str, Any]) -> None:
    role = next(it for it in run_some(config, AtGoogle()).of_type("IAMCustomRole"))
    path = f"v1/projects/{PROJECT}/roles/{role.inputs['roleId']}"
    for there, adopted in ({"deleted": True}, set()), ({}, {role.name}):
        google = AtGoogle({path: there}, Recorded(frozenset({Creation(role.type, role.name)})))
        assert imported(run_some(config, google)).keys() == adopted


def test_a_difference_warns_before_it_is_changed(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", lambda message, *_, **__: warnings.append(message))
    database = f"v1/projects/{PROJECT}/databases/(default)"
    secret = f"v1/projects/{PROJECT}/secrets/kenni-client-secret"
    there = {
        database: {
            "name": database[3:],
            "locationId": "europe-west2",
            "concurrencyMode": "PESSIMISTIC",
            "deleteProtectionState": "DELETE_PROTECTION_DISABLED",
        },
        secret: {"name": secret[3:], "replication": {"automatic": {}}},
    }
    run_some(config | {"ekklesia:adopt": True}, AtGoogle(there))
    assert warnings == [
        "firestore is there already; taking it over changes concurrencyMode, deleteProtectionState"
    ]


@pytest.mark.parametrize("fixed", [{"locationId": "eur3"}, {"type": "DATASTORE_MODE"}])
def test_a_database_elsewhere_or_of_another_kind_is_not_taken_over(
    config: dict[str, Any], fixed: dict[str, str]
) -> None:
    database = f"v1/projects/{PROJECT}/databases/(default)"
    there = {"name": database[3:], "locationId": "europe-west2", "type": "FIRESTORE_NATIVE"}
    google = AtGoogle({database: there | fixed})
    [(name, value)] = fixed.items()
    with pytest.raises(
        pulumi.RunError, match=f"firestore is there already, with {name} {value}, which never"
    ):
        run_some(config | {"ekklesia:adopt": True}, google)


def test_a_secret_stays_where_it_was_made(adopted: Program) -> None:
    assert all(it.ignored == {"replication"} for it in adopted.of_type("secret:Secret"))
