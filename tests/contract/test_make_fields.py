"""`make fields`: rows that contradict themselves, and what is written for fields that come, change and go."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tools.fields import capture, rules, table
from tools.fields.outputs import stale
from tools.fields.portal import module
from tools.fields.table import FIELD_MAP, ROOT, FieldMapError, Row

TEXT = {
    "path": "profile.new",
    "model": "membership.Comrade",
    "column": "new",
    "type": "text",
    "max_length": 60,
    "required": False,
    "policy": "member_wins",
    "editor": "member",
    "group": "about",
}
CHOICE = TEXT | {
    "type": "choice",
    "max_length": None,
    "required": True,
    "choices": ["a", "b"],
    "default": "a",
}


def row(**facts: Any) -> Row:
    return Row.model_validate(TEXT | facts)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The folders that the field map and the triggers' migrations are in."""
    for folder in (FIELD_MAP.parent, capture.SYNC, capture.MEMBERSHIP, capture.FIRST.parent):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def write(checkout: Path, *rows: dict[str, Any]) -> None:
    (checkout / FIELD_MAP).write_text(json.dumps(rows))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (TEXT | {"max_length": None}, "max_length"),
        (TEXT | {"type": "date"}, "max_length"),
        (TEXT | {"type": "phone", "max_length": 10}, "at least 16"),
        (TEXT | {"type": "email"}, "`pattern`"),
        (TEXT | {"pattern": "[a-z]+"}, "`pattern`"),
        (TEXT | {"choices": ["a"]}, "choices"),
        (CHOICE | {"choices": []}, "choices"),
        (CHOICE | {"required": False, "default": None}, "always `required`"),
        (CHOICE | {"default": "c"}, "one of the choices"),
        (TEXT | {"type": "boolean", "max_length": None, "required": True}, "true or false"),
        (TEXT | {"default": "x"}, "default"),
        (TEXT | {"required": True, "model": "membership.ContactInfo"}, "membership.Comrade"),
        (TEXT | {"policy": "django_always"}, "editor"),
        (TEXT | {"editor": None, "group": None}, "editor"),
        (TEXT | {"group": None}, "group"),
        (TEXT | {"type": "timestamp", "max_length": None}, "no input for the type timestamp"),
        (TEXT | {"path": "new"}, "within `profile`"),
        (TEXT | {"path": "profile.with space"}, "path"),
        (CHOICE | {"widget": "postalcode"}, "widget"),
        (TEXT | {"colour": "red"}, "colour"),
        (TEXT | {"type": "colour"}, "type"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(
    checkout: Path, wrong: dict[str, Any], complaint: str
) -> None:
    write(checkout, wrong)
    with pytest.raises(FieldMapError, match=complaint) as caught:
        table.read(checkout)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "column"), [("profile.other", "new"), ("profile.new", "other"), ("profile.new.x", "other")]
)
def test_rows_in_each_others_way_are_refused(checkout: Path, path: str, column: str) -> None:
    write(checkout, TEXT, TEXT | {"path": path, "column": column})
    with pytest.raises(FieldMapError, match="in each other's way"):
        table.read(checkout)


def written(checkout: Path, *rows: Row) -> list[str]:
    """Have the migration written that these rows need; the text of each that was."""
    found = capture.migration([*table.read(ROOT), *rows], checkout)
    for path, text in found.items():
        (checkout / path).write_text(text)
    return [*found.values()]


def test_a_new_column_needs_one_migration_behind_its_own(checkout: Path) -> None:
    (checkout / capture.MEMBERSHIP / "9999_new.py").touch()
    (text,) = written(checkout, row())
    assert '("membership", "9999_new")' in text
    assert "'status', 'date_joined', 'id', 'new')" in text
    assert "DROP TRIGGER sync_capture ON membership_comrade" in text
    assert "contactinfo" not in text
    assert written(checkout, row()) == []


def test_the_order_of_rows_needs_no_migration(checkout: Path) -> None:
    assert capture.migration([*reversed(table.read(ROOT))], checkout) == {}


def test_each_change_is_a_migration_of_its_own_upon_the_one_before(checkout: Path) -> None:
    (first,) = written(checkout, row())
    (second,) = written(
        checkout, row(), row(path="profile.more", column="more", model="membership.ContactInfo")
    )
    (third,) = written(checkout, row())
    newest = sorted(path.stem for path in (checkout / capture.SYNC).glob("0*.py"))[-3:]
    assert [name.split("_", 1)[1] for name in newest] == [capture.NAME] * 3
    assert [f'("sync", "{name}")' in text for name, text in zip(newest, (second, third), strict=False)] == [
        True
    ] * 2
    assert "forget more" in third
    assert '("membership"' not in third, "a column that goes may go before or after"
    assert "membership_comrade" not in second
    assert first != third


def test_a_table_that_comes_gets_a_trigger_and_loses_it_on_the_way_back(checkout: Path) -> None:
    (text,) = written(checkout, row(model="membership.Habit"))
    forwards, backwards = text.split("BACKWARDS = ")
    assert "CREATE TRIGGER" in forwards
    assert "sync_capture_detail('new')" in forwards
    assert "DROP" not in forwards
    assert "DROP TRIGGER sync_capture ON membership_habit" in backwards
    assert "CREATE" not in backwards


def test_a_required_text_cannot_be_emptied_by_the_rules() -> None:
    text = rules.rules([row(required=True)], f"{rules.BEGIN}{rules.END}")
    assert "changes.get('profile.new', '') != null" in text
    with pytest.raises(rules.MarksMissingError):
        rules.rules([row()], "no marks")


def test_a_long_list_of_choices_is_written_as_prettier_would() -> None:
    names = [f"choiceNumber{number}" for number in range(9)]
    listed = module([*table.read(ROOT), Row.model_validate(CHOICE | {"choices": names, "default": names[0]})])
    assert '    choices: [\n      "choiceNumber0",\n' in listed


def test_what_is_stale_is_found(checkout: Path) -> None:
    for path in (Path("functions/sync"), Path("infra"), Path("portal/public/js"), Path("tests/contract")):
        shutil.copytree(ROOT / path, checkout / path, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    assert stale(checkout) == {}
    (checkout / "portal/public/js/synced_fields.js").unlink()
    (checkout / "infra/firestore.rules").write_text(f"{rules.BEGIN}{rules.END}")
    assert {str(path) for path in stale(checkout)} == {
        "infra/firestore.rules",
        "portal/public/js/synced_fields.js",
    }
