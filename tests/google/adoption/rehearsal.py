"""`make proof PROOF=adoption`: a project that was made by hand is taken over, and loses nothing by it.

A rehearsal makes the project, sets `adopt`, previews, runs `pulumi up`, kills it once in the midst, runs it
again, and takes `adopt` back. All the while the rules are watched. `pulumi` is believed in nothing: what is
there is asked of `gcloud` and of Google's client libraries.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from local.pulumi_stack import PulumiError
from local.world import SETTLED
from tests.google.adoption import told_by_gcloud, told_by_libraries
from tests.google.adoption.by_hand import ByHand
from tests.google.adoption.inventory import Inventory, changes, taken
from tests.google.adoption.previewed import Preview, gone
from tests.google.adoption.rules_watch import RulesWatch
from tests.google.gcloud_command import GCLOUD, Gcloud, gcloud_at
from tests.world.google_half import GoogleHalf, Killer, google_half
from tools.proof.proof import Attempt, Portion, Proof

FEWEST_LINES, MOST_LINES = 20, 250
"""Of progress, after which the `up` is killed: a whole one has some 400."""
MOST_UPS = 3
BLIND_SECONDS = 2.0
"""A gap in the rules that is shorter than the longest pause of the watch would not have been seen."""
OPENED_BY_HAND = {"bidirectional_sync"}
"""The functions that the program keeps closed and that people had opened."""


@dataclass
class Rehearsal:
    """One adoption."""

    half: GoogleHalf
    gcloud: Gcloud
    chance: random.Random
    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def play(self) -> None:
        """All of it. What should not be is kept in `violations`."""
        ByHand(self.half.world, self.gcloud, self.half.folder).make()
        before = self.inventory()
        with RulesWatch(self.half.world) as watch:
            told = self._previewed(before)
            self._brought_up()
            self._require_no_change("`adopt` is still set")
            self._set_adopt("false")
            self._require_no_change("`adopt` was taken back")
        after = self.inventory()
        self.violations += told.broken_promises(before, after)
        self._judge_the_rules(watch)
        self.counts += Counter({"resources and documents": len(before), "changed as told": len(told.fields)})

    def inventory(self) -> Inventory:
        """All that is there now."""
        world = self.half.world
        return taken([*told_by_gcloud.questions(world, self.gcloud), *told_by_libraries.questions(world)])

    def _set_adopt(self, value: str) -> None:
        self.half.pulumi("config", "set", "ekklesia:adopt", value)

    def _previewed(self, before: Inventory) -> Preview:
        """The preview, which changes nothing and warns of what it leaves open."""
        self._set_adopt("true")
        told = Preview.parse(self.half.pulumi("preview", "--json"))
        self.violations += [f"the preview announces: {each}" for each in told.destructive]
        self.violations += [f"the preview changed {each}" for each in changes(before, self.inventory())]
        if told.left_open != OPENED_BY_HAND:
            self.violations.append(f"of open functions, the preview names {told.left_open or 'none'}")
        return told

    def _brought_up(self) -> None:
        """Run `up` until it works, once killed in the midst. What a run has made, the next one keeps."""
        killer = Killer(self.half.world.name, self.chance.randint(FEWEST_LINES, MOST_LINES), pause=0)
        self.half.up(killer)
        self.counts["killed"] += killer.has_killed
        begun = self.inventory()
        self.half.up_until_it_works(MOST_UPS)
        self.violations += [f"the next `up` took away {each}" for each in gone(begun, self.inventory())]

    def _require_no_change(self, when: str) -> None:
        try:
            self.half.require_no_change()
        except PulumiError:
            self.violations.append(f"the next preview shows a change after {when}")

    def _judge_the_rules(self, watch: RulesWatch) -> None:
        for answers, count in watch.gaps.items():
            self.violations.append(f"{count} times the rules answered {answers}")
        if watch.longest_pause > BLIND_SECONDS:
            self.violations.append(f"for {watch.longest_pause:.1f} s nobody watched the rules: try again")
        self.counts["looks at the rules"] += watch.answers.total()


@contextmanager
def _opened() -> Iterator[Attempt]:
    assert GCLOUD, "the project by hand is made by gcloud, which is not installed"
    yield _attempt


def _attempt(seed: int, numbers: range) -> Portion:
    counts: Counter[str] = Counter()
    violations: list[str] = []
    for number in numbers:
        with google_half(SETTLED, seed) as half:
            home = half.folder / "gcloud"
            home.mkdir()
            rehearsal = Rehearsal(half, gcloud_at(half.world, home), random.Random(f"{seed} {number}"))
            try:
                rehearsal.play()
            except (AssertionError, PulumiError) as error:
                rehearsal.violations.append(str(error))
            counts += rehearsal.counts
            violations += [f"rehearsal {number} of seed {seed}: {each}" for each in rehearsal.violations]
    return Portion(counts, violations)


PROOF = Proof(
    claim="A project made by hand is taken over: no data touched, rules in force throughout, an empty diff.",
    unit="rehearsals",
    size=1,
    portion=1,
    opened=_opened,
)
