"""After some storms a store is set back, and a person decides. The checker then judges as ever.

Both sides have agreed before, and again after a quiet day, so nothing that people wrote is in one store only:
whatever the restore loses there has to come back from the other side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Literal

from google.cloud import firestore

from sync.decisions import Decisions, RestoreDecision
from sync.held import Decider
from sync.order import Order
from sync.service import Sync
from tests.linode.tables import OURS
from tests.proof.chaos import ending
from tests.proof.chaos.history import Values

Way = Literal["register", "everything", "members", "one member", "no members"]
WAYS: tuple[Way, ...] = ("register", "everything", "members", "one member", "no members")
ACTS = 25
WITNESS = "sync_conflict"
"""The conflict log is the checker's witness, so no backup brings back an earlier one."""
OPERATOR = Decider("operator-anna@example", "operator")
Documents = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Restore:
    """The stores of one schedule, and how one of them is set back."""

    way: Way
    sync: Sync
    operator: Sync
    """With the token of the operators' function."""
    connection: ending.Connection
    client: firestore.Client

    def after(self, day: Callable[[], None], chance: Random) -> list[str]:
        """Back up, let a day go by, set back and decide. Returns what was wrong until then."""
        export = self._back_up()
        day()
        newest = self._sides()
        self._set_back(export, chance)
        restored = self._sides()
        if restored == newest:
            return []
        for order in (Order(), Order(mode="full"), Order()):
            self.sync.run(order)
        found = ["I8: a store that was set back spread what it holds"] if self._sides() != restored else []
        store = "register" if self.way == "register" else "firestore"
        result = Decisions(self.operator).after_restore(RestoreDecision.parse({"restored": store}), OPERATOR)
        return found + ([] if result["settled"] else [f"I8: the decision was not carried out: {result}"])

    def _sides(self) -> tuple[dict[str, Values], dict[str, Values]]:
        return ending.in_django(self.connection), ending.in_firestore(self.client)[0]

    def _back_up(self) -> Documents:
        for table in self._tables():
            self.connection.execute(f"DROP TABLE IF EXISTS kept_{table}")
            self.connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
        return {
            found.reference.path: found.to_dict() or {}
            for collection in ("members", "sync_queue", "sync_state")
            for found in self.client.collection(collection).stream()
        }

    def _tables(self) -> list[str]:
        """What a backup brings back."""
        found = self.connection.execute(OURS).fetchall()
        return [name for (name,) in found if name != WITNESS]

    def _set_back(self, export: Documents, chance: Random) -> None:
        if self.way == "register":
            self._restore_register()
            return
        if self.way == "no members":
            for found in self.client.collection("members").stream():
                found.reference.delete()
            return
        members = sorted(path for path in export if path.startswith("members/"))
        chosen = {
            "everything": [*export],
            "members": members,
            "one member": members and [chance.choice(members)],
        }
        for path in chosen[self.way]:
            self.client.document(path).set(_an_hour_old(export[path]))

    def _restore_register(self) -> None:
        """As `pg_restore` does: no trigger sees it, and numbers that were given since are given again."""
        tables = self._tables()
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            self.connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            for table in tables:
                self.connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608
            self.connection.execute(
                "SELECT setval(pg_get_serial_sequence('membership_comrade', 'id'),"
                " greatest(1, (SELECT max(id) FROM membership_comrade)))"
            )


def _an_hour_old(fields: dict[str, Any]) -> dict[str, Any]:
    """As an import writes it. The days here last seconds, and real exports are older than that."""
    if "updatedAt" not in fields:
        return fields
    return fields | {"updatedAt": fields["updatedAt"] - timedelta(hours=1)}
