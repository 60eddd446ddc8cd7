"""How a restore drill judges the app's answer on the restored database."""

from __future__ import annotations

import pytest

from deploy.backup.drill import MEMBERS, judge
from deploy.remote.errors import DeployError


def answer(*, status: str = "ok", api_status: int = 401, members: int = 2174) -> dict[str, object]:
    return {"health": {"status": status, "release": "one"}, "api_status": api_status, "members": members}


def test_as_many_members_as_were_backed_up() -> None:
    assert judge(answer(), {MEMBERS: 2174}) == "one answers on it, with 2,174 members"


def test_the_backup_of_a_first_deploy_has_no_tables() -> None:
    assert judge(answer(members=0), {}) == "one answers on it, with 0 members"


@pytest.mark.parametrize("rows", [{}, {MEMBERS: 2173}], ids=["no table", "one fewer"])
def test_another_number_is_a_failure(rows: dict[str, int]) -> None:
    with pytest.raises(DeployError, match="the app sees 2174 members, not"):
        judge(answer(), rows)


@pytest.mark.parametrize("wrong", [{"status": "error"}, {"api_status": 500}], ids=str)
def test_an_app_that_is_not_well_is_a_failure(wrong: dict[str, object]) -> None:
    with pytest.raises(DeployError, match="does not answer well"):
        judge(answer(**wrong), {MEMBERS: 2174})  # type: ignore[arg-type]
