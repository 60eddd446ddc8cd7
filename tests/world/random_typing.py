"""A random person at their own details: `make test` tries a few acts, `make proof PROOF=typing` many texts.

They type, pause, wander, reload, lose the network and open a second tab, and staff edit meanwhile. In the end
the page says that nothing waits, and the register holds what the page shows: what the person typed last, if
nobody else wrote into that field since.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import expect

from local.seed.register import AFRICA
from tests.world.browsing import Visitor, chromium
from tests.world.live_world import LiveWorld, name_of_a_world
from tests.world.own_details import (
    ARRIVAL_SECONDS,
    CITY,
    COLUMNS,
    ENDED,
    NOTHING_WAITS,
    STATUS,
    STREET,
    change_the_language,
    edit_as_staff,
    insist,
    offline,
    read_another_page,
    reload,
    says,
    second_tab,
    stored,
    typed,
    word,
)
from tools.proof.proof import Attempt, Portion, Proof

ACTS_AFTER_A_TEXT = 4
"""Of an attempt, at most."""


class RandomPerson:
    """A member at their own details, and what else happens to them."""

    def __init__(self, member: Visitor, chance: random.Random) -> None:
        self.member = member
        self.acts: Counter[str] = Counter()
        self._chance = chance
        self._own: dict[str, str] = {}
        """What the person typed last, of fields that nobody else wrote into since."""
        self._by_others = 0
        wander = [partial(act, member) for act in (reload, change_the_language, read_another_page)]
        self._every: dict[str, Callable[[], None]] = {
            "texts": self.type_something,
            "pauses": self._pause,
            "offline": self._lose_the_network,
            "second tabs": self._type_in_a_second_tab,
            "edits by staff": self._staff_edit,
            **dict(zip(["reloads", "languages", "other pages"], wander, strict=True)),
        }

    def type_something(self) -> None:
        """Replace the text of a field."""
        field = self._some_field()
        self._own[field] = self._some_text()
        typed(self.member, field, self._own[field])

    def act(self) -> None:
        """Do anything."""
        name = self._chance.choice(list(self._every))
        self.acts[name] += 1
        self._every[name]()
        self.member.page.locator(STREET).wait_for()

    def end(self) -> None:
        """Leave the form, and require that nothing is lost. Raises AssertionError."""
        self._settle()
        for field, text in self._own.items():
            expect(self.member.page.locator(field)).to_have_value(text)
        self.member.page.evaluate("document.activeElement.blur()")  # A field with the focus is not rewritten.
        for field in COLUMNS:
            agrees(self.member, field)

    def _settle(self) -> None:
        """Insist on what is held, and again if an edit of others came just when the person pressed."""
        for _ in range(self._by_others + 1):
            says(self.member, ENDED)
            if self.member.page.locator(STATUS).get_attribute("data-state") != "overtaken":
                break
            insist(self.member)
        says(self.member, NOTHING_WAITS)

    def _some_field(self) -> str:
        return self._chance.choice([STREET, CITY])

    def _some_text(self) -> str:
        return " ".join(word(self._chance) for _ in range(self._chance.randint(1, 3)))

    def _pause(self) -> None:
        time.sleep(self._chance.choice([0.1, 0.7, 2.5]))

    def _lose_the_network(self) -> None:
        with offline(self.member):
            self.type_something()
            self._pause()

    def _field_of_others(self) -> str:
        field = self._some_field()
        self._own.pop(field, None)
        self._by_others += 1
        return field

    def _type_in_a_second_tab(self) -> None:
        field = self._field_of_others()
        with second_tab(self.member) as tab:
            tab.locator(field).fill(self._some_text())

    def _staff_edit(self) -> None:
        edit_as_staff(self.member, self._field_of_others(), self._some_text())


def agrees(visitor: Visitor, field: str) -> None:
    """Wait until the page shows what the register holds. Raises AssertionError."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while (shown := visitor.page.locator(field).input_value()) != (held := stored(visitor, field)):
        assert time.monotonic() < deadline, f"{shown!r} is shown, {held!r} is held"
        time.sleep(0.2)


def live(member: Visitor, chance: random.Random, acts: int) -> Counter[str]:
    """Type something, do that many acts, and leave. Returns what was done. Raises AssertionError."""
    person = RandomPerson(member, chance)
    person.type_something()
    for _ in range(acts):
        person.act()
    person.end()
    return person.acts


def _found(member: Visitor, name: str) -> tuple[Counter[str], list[str]]:
    """What one person did, and what was lost."""
    chance = random.Random(name)
    try:
        return live(member, chance, chance.randint(1, ACTS_AFTER_A_TEXT)), []
    except AssertionError as error:
        return Counter(), [f"person {name}: {error}"]


@contextmanager
def opened() -> Iterator[Attempt]:
    """One world and one log-in for all attempts."""
    with name_of_a_world() as name, chromium() as browser:
        world = LiveWorld(name)
        world.up()
        member = Visitor(browser, world)
        member.log_in(AFRICA["name"], "/profile")

        def attempt(seed: int, numbers: range) -> Portion:
            each = [_found(member, f"{seed} {number}") for number in numbers]
            counts = sum((counts for counts, _ in each), Counter[str]())
            return Portion(counts=counts, violations=[line for _, lines in each for line in lines])

        yield attempt


PROOF = Proof(
    claim="A text typed into one's own details is in the register in the end, or is shown as not saved.",
    unit="texts",
    size=200,
    portion=5,
    opened=opened,
)
