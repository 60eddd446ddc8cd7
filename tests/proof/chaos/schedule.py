"""One random schedule: a storm, the rest after it, and what the checker finds.

A seed fixes what is done, but not its timing: a replay of a storm may end in another way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import psycopg
from google.cloud import firestore

from sync.service import Sync
from tests.linode.tables import EMPTY
from tests.proof.chaos.checker import check_folder
from tests.proof.chaos.cloud_people import CloudPeople
from tests.proof.chaos.history import History
from tests.proof.chaos.new_values import NewValues
from tests.proof.chaos.rest import Deciding, come_to_rest
from tests.proof.chaos.rig import Rig
from tests.proof.chaos.set_back import ACTS, WAYS, Restore, Way
from tests.proof.chaos.staff_at_work import SqlStaff
from tests.proof.chaos.storm import Storm
from tests.proof.chaos.worker import Orders, emulated_client, make_sync

MEMBERS = 8
EACH_RESTORE = 5
"""After each fifth storm a store is set back."""
FIRST_OF_A_DAY = 20_000
"""Values of that day; a storm has fewer."""


@dataclass(frozen=True)
class Schedule:
    """A storm over members of its own, in a Firestore project of its own."""

    rig: Rig
    seed: int
    folder: Path
    """Where history and end are kept."""

    @property
    def project(self) -> str:
        """Its Firestore database."""
        return f"demo-chaos-{self.seed}"

    @property
    def kennitalas(self) -> tuple[str, ...]:
        """Its members; late calls of another schedule find nobody here."""
        return tuple(f"{self.seed % 100_000_000:08d}{number:02d}" for number in range(MEMBERS))

    def run(self) -> list[str]:
        """Run it; every violation that the checker finds."""
        self.folder.mkdir(parents=True, exist_ok=True)
        history = History(self.folder / "history.jsonl")
        history.path.unlink(missing_ok=True)
        with ExitStack() as stack:
            connection = stack.enter_context(psycopg.connect(self.rig.database_url, autocommit=True))
            client = emulated_client(self.project, self.rig.firestore)
            stack.callback(client.close)
            sync = make_sync(self.straight(), Random(self.seed))
            connection.execute(EMPTY)
            connection.execute("TRUNCATE django_admin_log")
            Storm(self.rig, self.seed, self.kennitalas, self.through_links, history).blow(
                client, sync, connection
            )
            person = Deciding(self._sync_of("decideheld"), self._let_in)
            end = come_to_rest(sync, person, connection, client)
            found: list[str] = []
            if self.seed % EACH_RESTORE == 0:
                restore = Restore(self._way, sync, self._sync_of("operatordecision"), connection, client)
                day = partial(
                    self._day, client, history, lambda: come_to_rest(sync, person, connection, client)
                )
                found = restore.after(day, Random(self.seed))
                end = come_to_rest(sync, person, connection, client)
        (self.folder / "end.json").write_text(json.dumps(asdict(end), ensure_ascii=False), encoding="utf-8")
        return found + check_folder(self.folder)

    @property
    def _way(self) -> Way:
        return WAYS[self.seed // EACH_RESTORE % len(WAYS)]

    def _sync_of(self, function: str) -> Sync:
        """The sync with the token of one of the functions."""
        orders = replace(self.straight(), token=self.rig.site.tokens[function])
        return make_sync(orders, Random(self.seed))

    def _day(self, client: firestore.Client, history: History, come_to_rest: Callable[[], object]) -> None:
        """People edit one after the other, in both stores, and all is carried."""
        chance, values = Random(self.seed), NewValues(FIRST_OF_A_DAY)
        staff = SqlStaff(self.rig.database_url, history, values)
        cloud = CloudPeople(client, history, values, may_delete=True)
        for _ in range(ACTS):
            chance.choice([staff.act, cloud.act])(chance.choice(self.kennitalas), chance)
        staff.close()
        come_to_rest()

    def _let_in(self) -> None:
        """Staff let everybody in who was erased, and whom the sync asks about."""
        for kennitala in self.kennitalas:
            self.rig.staff.let_in(kennitala)

    def straight(self) -> Orders:
        """Orders that lead to both stores directly."""
        site = self.rig.site
        members, mutation = self.kennitalas, self.rig.mutation
        return Orders(
            self.project, self.rig.firestore, site.base_url, site.token, members, self.seed, mutation
        )

    def through_links(self, worker: int) -> Orders:
        """Orders for a worker, which lead through the links."""
        rig, seed = self.rig, self.seed * 1000 + worker
        links = (rig.firestore_link.listen, rig.linked_site_url)
        return Orders(self.project, *links, rig.site.token, self.kennitalas, seed, rig.mutation)


def without_restores(first: int) -> Iterator[int]:
    """The seeds from there on of storms after which no store is set back: those are the short ones."""
    return (seed for seed in count(first) if seed % EACH_RESTORE)
