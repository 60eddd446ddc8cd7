"""A store is set back, and a person follows the runbook's own commands: nothing newer is lost.

PostgreSQL by `fab backup` and `fab restore`, Firestore by its export: imported over what is there, and in an
emptied database, as one is that point-in-time recovery made.
"""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from local.world import ROOT, WorldError
from tests.figures import Tell
from tests.functions.both_halves import COLUMNS
from tests.world.edits_under_way import edit_by_the_member
from tests.world.live_world import LiveWorld

RUNBOOK = ROOT / "docs" / "runbook.md"
COMMAND = re.compile(r"`fab (\S[^`]*)`")
EMULATOR_SECONDS = 60
TWO = "select ssn from membership_comrade where status = 'active' order by ssn limit 2"
JOINING = "'{}', 'Nýr Félagi', '1990-01-01', '2026-01-01T00:00:00Z', true, true, 1, 6, 'active'"


def commands(title: str) -> list[list[str]]:
    """The words after `fab` of each command in the numbered steps of one section, in order."""
    section = RUNBOOK.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    steps = [line for line in section.splitlines() if re.match(r"\d\. ", line)]
    return [found.split() for step in steps for found in COMMAND.findall(step)]


@dataclass
class Day:
    """What happens after the backup, and is carried to the other side."""

    world: LiveWorld
    number: int

    def __post_init__(self) -> None:
        self.by_staff, self.by_member = self.world.psql(TWO).split()
        self.name, self.email = f"Nafn Dagsins {self.number}", f"dagur-{self.number}@example.is"
        self.joined = f"03039{self.number:05}"

    def live(self) -> None:
        """Staff change a name and enter somebody, a member changes an address; both sides agree on it."""
        changed = f"update membership_comrade set name = '{self.name}' where ssn = '{self.by_staff}'"
        joining = f"insert into membership_comrade ({COLUMNS}) values ({JOINING.format(self.joined)})"
        self.world.psql(f"{changed}; {joining}")
        edit_by_the_member(self.world.firestore, self.by_member, self.email)
        self.world.fab("sync")
        self.assert_it_is_there()

    def in_django(self) -> list[str]:
        """The name, the address and the new member's number in the register."""
        asked = (
            f"select name from membership_comrade where ssn = '{self.by_staff}'",
            f"select email from membership_contactinfo join membership_comrade c on c.id = comrade_id"
            f" where ssn = '{self.by_member}'",
            f"select id from membership_comrade where ssn = '{self.joined}'",
        )
        return [self.world.psql(one) for one in asked]

    def in_firestore(self) -> list[str]:
        """The same in Firestore."""
        name, email, joined = (
            self.world.firestore.document(f"members/{kennitala}").get().to_dict() or {}
            for kennitala in (self.by_staff, self.by_member, self.joined)
        )
        number = joined.get("membership", {}).get("djangoId", "")
        return [name["name"], email["profile"]["email"], str(number)]

    def assert_it_is_there(self) -> None:
        assert self.in_django()[:2] == [self.name, self.email]
        assert self.in_django()[2]
        assert self.in_firestore() == self.in_django()


def follow(world: LiveWorld, store: str) -> set[str]:
    """The section "A store was set back"; the kennitalas of whom its dry run told."""
    status, dry_run, held, again = commands("A store was set back")
    with pytest.raises(WorldError):  # it is stopped; the sweep finds that, too, within a minute
        world.fab("sync")
    assert "set back" in " ".join(json.loads(world.fab(*status, "--json"))["warnings"])
    order = [word.replace("=register", f"={store}") for word in dry_run]
    told = json.loads(world.fab(*order, "--json", "--unmasked"))
    world.fab(*[word for word in order if word != "--dry-run"], "--yes")
    assert world.fab(*held).strip() == "nothing is held"
    assert "set back" not in " ".join(json.loads(world.fab(*again, "--json"))["warnings"])
    return {change["kennitala"] for change in told["changes"]}


@pytest.fixture
def day(world: LiveWorld) -> Iterator[Callable[[], Day]]:
    """Makes a day; whoever joined in one leaves again."""
    days: list[Day] = []

    def begin() -> Day:
        days.append(Day(world, 10000 + len(days)))
        return days[-1]

    yield begin
    joined = ", ".join(f"'{each.joined}'" for each in days)
    world.psql(f"delete from membership_comrade where ssn in ({joined})")
    world.fab("sync")


def restore_the_backup(world: LiveWorld) -> None:
    """The steps of "Restoring a backup", but for the look at a database beside the live one."""
    listed, *restores, _ = commands("Restoring a backup")
    newest = json.loads(world.fab(*listed, "--json"))["backups"][-1]["name"]
    for words in restores:
        if "--live" in words:
            own_key = words[: words.index("--identity")]  # a one-machine world finds its own
            asks = ["--yes"] if "--dry-run" not in words else []
            world.fab(*[newest if word == "NAME" else word for word in own_key], *asks)


def emulator(world: LiveWorld, action: str, **body: str) -> None:
    """An administrative call of the Firestore emulator."""
    database = f"projects/{world.world.project}/databases/(default)"
    address = f"{world.world.url('firestore')}/emulator/v1/projects/{world.world.project}:{action}"
    answer = httpx.post(address, json={"database": database, **body}, timeout=EMULATOR_SECONDS)
    answer.raise_for_status()


def empty(world: LiveWorld) -> None:
    """A new database takes the place of this one."""
    documents = f"projects/{world.world.project}/databases/(default)/documents"
    httpx.delete(
        f"{world.world.url('firestore')}/emulator/v1/{documents}", timeout=EMULATOR_SECONDS
    ).raise_for_status()


def test_the_register_is_restored(world: LiveWorld, day: Callable[[], Day], tell: Tell) -> None:
    began = time.monotonic()
    world.fab("backup")
    today = day()
    today.live()
    number = today.in_django()[2]
    restore_the_backup(world)
    assert today.in_django()[:2] != [today.name, today.email]
    assert {today.by_staff, today.by_member, today.joined} <= follow(world, "register")
    today.assert_it_is_there()
    assert today.in_django()[2] == number
    tell(f"the register restored and agreed on in {time.monotonic() - began:.0f} s")


def test_firestore_is_restored(world: LiveWorld, day: Callable[[], Day], tmp_path: Path, tell: Tell) -> None:
    """By an import over what is there, which leaves whoever joined since; and in a new database."""
    began = time.monotonic()
    emulator(world, "export", export_directory=str(tmp_path), export_name="yesterday")
    export = str(tmp_path / "yesterday" / "yesterday.overall_export_metadata")
    today = day()
    today.live()
    for is_new_database in (False, True):
        if is_new_database:
            empty(world)
        emulator(world, "import", export_directory=export)
        assert today.in_firestore()[:2] != [today.name, today.email]
        assert {today.by_staff, today.by_member} <= follow(world, "firestore")
        today.assert_it_is_there()
    tell(f"Firestore restored twice and agreed on in {time.monotonic() - began:.0f} s")
