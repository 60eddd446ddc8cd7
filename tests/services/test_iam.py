"""Bindings mean what they mean at Google."""

from __future__ import annotations

import pytest

from local.services import iam
from local.world import World
from tests.services import roles
from tests.services.declarations import PROJECT, Declarations, email

SERVICE = f"projects/{PROJECT}/locations/europe-west2/services/sync"


@pytest.fixture
def here(quiet_world: World) -> Declarations:
    return Declarations(quiet_world)


@pytest.fixture
def policies(here: Declarations) -> iam.Policies:
    return iam.Policies(here.store)


def test_a_binding_grants_its_role_to_its_member_on_its_target_only(
    here: Declarations, policies: iam.Policies
) -> None:
    caller, other = (f"serviceAccount:{here.account(name)}" for name in ("caller", "other"))
    here.grant(caller, roles.INVOKER, SERVICE)
    assert policies.may([caller], iam.INVOKE, SERVICE)
    assert not policies.may([other], iam.INVOKE, SERVICE)
    assert not policies.may([caller], "datastore.entities.get", SERVICE)
    assert not policies.may([caller], iam.INVOKE, f"{SERVICE}-other")
    assert not policies.may([caller], iam.INVOKE, f"projects/{PROJECT}")


def test_a_role_on_the_project_holds_for_everything_in_it(here: Declarations, policies: iam.Policies) -> None:
    caller = f"serviceAccount:{here.account('caller')}"
    here.grant(caller, roles.INVOKER)
    assert policies.may([caller], iam.INVOKE, SERVICE)
    assert not policies.may([caller], iam.INVOKE, "projects/demo-other/locations/r/services/sync")


def test_a_wider_role_includes_the_narrow_one(here: Declarations, policies: iam.Policies) -> None:
    owner = f"serviceAccount:{here.account('owner')}"
    here.grant(owner, "roles/datastore.owner")
    assert policies.may([owner], "datastore.entities.get", f"projects/{PROJECT}")
    assert not policies.may([owner], iam.INVOKE, SERVICE)


def test_an_account_that_does_not_exist_holds_nothing(here: Declarations, policies: iam.Policies) -> None:
    ghost = f"serviceAccount:{email('ghost')}"
    here.grant(ghost, roles.INVOKER, SERVICE)
    assert not policies.may([ghost], iam.INVOKE, SERVICE)


def test_a_disabled_account_holds_nothing(here: Declarations, policies: iam.Policies) -> None:
    caller = f"serviceAccount:{here.account('caller', disabled=True)}"
    here.grant(caller, roles.INVOKER, SERVICE)
    assert not policies.may([caller], iam.INVOKE, SERVICE)


def test_all_users_opens_to_everyone_and_all_authenticated_users_to_the_signed_in(
    here: Declarations, policies: iam.Policies
) -> None:
    caller = f"serviceAccount:{here.account('caller')}"
    here.grant(iam.EVERYONE_SIGNED_IN, roles.INVOKER, SERVICE)
    assert policies.may(iam.identities(caller), iam.INVOKE, SERVICE)
    assert not policies.is_public(iam.INVOKE, SERVICE)
    here.grant(iam.EVERYONE, roles.INVOKER, SERVICE)
    assert policies.is_public(iam.INVOKE, SERVICE)


def test_a_change_counts_at_once(here: Declarations, policies: iam.Policies) -> None:
    caller = f"serviceAccount:{here.account('caller')}"
    for _ in range(20):
        binding = here.grant(caller, roles.INVOKER, SERVICE)
        assert policies.may([caller], iam.INVOKE, SERVICE)
        here.revoke(binding)
        assert not policies.may([caller], iam.INVOKE, SERVICE)


def test_a_role_of_the_projects_own_includes_what_it_lists(
    here: Declarations, policies: iam.Policies
) -> None:
    caller, project = f"serviceAccount:{here.account('caller')}", f"projects/{PROJECT}"
    here.grant(caller, here.custom_role("claims", "firebaseauth.users.update"))
    here.grant(caller, f"{project}/roles/not_declared")
    assert policies.may([caller], "firebaseauth.users.update", project)
    assert not policies.may([caller], "firebaseauth.users.delete", project)


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        (None, True),
        ('resource.name == "projects/p/databases/logins"', True),
        ('resource.name.startsWith("projects/p/databases/")', True),
        ('resource.name == "projects/p/databases/(default)"', False),
        ('resource.color == "red"', False),
        ("resource.name", False),
        ("(", False),
    ],
)
def test_a_binding_counts_while_its_condition_is_true(
    here: Declarations, policies: iam.Policies, condition: str | None, counts: bool
) -> None:
    caller, project = f"serviceAccount:{here.account('caller')}", f"projects/{PROJECT}"
    here.grant(caller, roles.DATASTORE_USER, condition=condition)
    name = "projects/p/databases/logins"
    assert policies.may([caller], "datastore.entities.get", project, name) == counts
