"""The state machine with a store that is set back, in any way; `make proof PROOF=restore-states`."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.proof.numbers import KENNITALAS
from tests.proof.restores import WAYS, Way
from tests.proof.sync_machine import ANY, MEMBERS, MOST_WORKERS, SyncMachine


class SetBackMachine(SyncMachine):
    """Stores are backed up at any moment, one of them is set back once, and a person decides."""

    @rule()
    def stores_are_backed_up(self) -> None:
        self.simulation.restores.back_up()

    @precondition(lambda self: self.simulation.restores.backups)
    @rule(which=ANY, member=MEMBERS, way=st.sampled_from(WAYS))
    def firestore_is_set_back(self, which: int, member: str, way: Way) -> None:
        restores = self.simulation.restores
        if not self.simulation.has_corrected and restores.may_restore():
            restores.restore_firestore(restores.backups[which % len(restores.backups)], way, member)

    @precondition(lambda self: self.simulation.restores.backups)
    @rule(which=ANY, is_empty=st.booleans(), missing=st.sampled_from(["", *KENNITALAS]))
    def register_is_set_back(self, which: int, is_empty: bool, missing: str) -> None:
        restores = self.simulation.restores
        if not self.simulation.has_corrected and restores.may_restore():
            backup = None if is_empty else restores.backups[which % len(restores.backups)]
            restores.restore_register(backup, missing)

    @rule()
    def person_says_what_counts(self) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.begin_decision()
