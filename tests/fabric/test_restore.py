"""An incomplete restore is found out, and so is an app that is not well on it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deploy.backup import drill, restore
from deploy.backup.archive import Manifest
from deploy.remote import database
from deploy.remote.errors import DeployError
from deploy.remote.steps import Steps
from tests.backup.archives import CONTENT, manifest

WELL = {"health": {"status": "ok", "release": "r"}, "api_status": 401, "members": 2174}


@pytest.fixture
def backed_up() -> Manifest:
    return Manifest.model_validate(manifest(CONTENT))


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what the restored database answers when its rows are counted."""

    def answer(text: str) -> None:
        monkeypatch.setattr(database, "PSQL", f"printf '{text}' #")

    return answer


def test_a_whole_restore_has_the_rows_that_were_backed_up(
    host: Any, backed_up: Manifest, restored: Any
) -> None:
    restored("membership_comrade|2174\\nauth_user|2\\n")
    assert restore.compare(host, backed_up, "x") == "2,176 rows in 2 tables, as backed up"


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("membership_comrade|2173\\nauth_user|2\\n", "membership_comrade 2173 of 2174"),
        ("auth_user|2\\n", "membership_comrade None of 2174"),
        ("membership_comrade|2174\\nauth_user|2\\nother|0\\n", "other 0 of None"),
        ("", "auth_user None of 2"),
    ],
)
def test_one_that_lacks_rows_or_tables_is_refused(
    host: Any, backed_up: Manifest, restored: Any, rows: str, named: str
) -> None:
    restored(rows)
    with pytest.raises(DeployError, match="with other rows than were backed up") as refused:
        restore.compare(host, backed_up, "x")
    assert named in refused.value.message


class TestDrill:
    @pytest.fixture
    def app(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """The app's answer on the scratch database, and what was done to that database."""
        answer: dict[str, Any] = dict(WELL)
        monkeypatch.setattr(drill, "restore_database", lambda *_: None)
        monkeypatch.setattr(drill, "compare", lambda *_: "as backed up")
        monkeypatch.setattr(drill, "bring_up_to_date", lambda *_: [])
        monkeypatch.setattr(drill, "manage", lambda *_, **__: None)
        monkeypatch.setattr(drill, "boot_on", lambda *_: json.dumps(answer))
        monkeypatch.setattr(database, "AS_POSTGRES", "echo")
        return answer

    def rehearse(self, host: Any, backed_up: Manifest) -> str:
        return drill.rehearse(host, None, backed_up, Steps("test"))  # type: ignore[arg-type]

    def test_an_app_that_is_well(self, host: Any, backed_up: Manifest, app: dict[str, Any]) -> None:
        assert self.rehearse(host, backed_up) == "as backed up; r answers on it, with 2,174 members"
        assert app == WELL

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"health": {"status": "database down", "release": "r"}}, "does not answer well"),
            ({"api_status": 500}, "does not answer well"),
            ({"members": 2173}, "the app sees 2173 members, not 2174"),
        ],
    )
    def test_one_that_is_not_well_fails_the_drill(
        self, host: Any, backed_up: Manifest, app: dict[str, Any], change: dict[str, Any], complaint: str
    ) -> None:
        app.update(change)
        with pytest.raises(DeployError, match=complaint):
            self.rehearse(host, backed_up)
        assert "dropdb --if-exists ekklesia_drill" in host.commands[-1]

    def test_how_it_went_is_written_down(self, host: Any) -> None:
        assert drill.last(host) is None
        drill.record(host, "x.tar", "restore: no room")
        told = drill.last(host)
        assert told
        assert (told.backup, told.error) == ("x.tar", "restore: no room")
