"""Staff who edit the register, with SQL or through Django. Each operation is one transaction."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from tests.linode.django_server import BACKEND, DjangoServer
from tests.proof.chaos.history import History, Kind, Operation, Values
from tests.proof.chaos.new_values import EDITED, NewValues

TABLES = {
    "membership_comrade": {"name": "name", "profile.birthday": "birthday"},
    "membership_contactinfo": {"profile.email": "email", "profile.phone": "phone"},
    "membership_simpleaddress": {"profile.address.street": "street_address", "profile.address.city": "city"},
}
"""Table → path → column, in the order in which everybody locks the tables."""
OTHERS = {
    "membership_contactinfo": {"foreign_phone": "", "facebook": ""},
    "membership_simpleaddress": {"postal_code": ""},
}
"""Columns without a default in the database."""
LONGEST_HOLD = 0.03
"""How long, in seconds, a transaction stays open after its edit; only then others see its queue row."""
Connection = psycopg.Connection[tuple[Any, ...]]


class SqlStaff:
    """Edits, enters and deletes with SQL, as with psql."""

    def __init__(self, url: str, history: History, values: NewValues) -> None:
        self._connection: Connection = psycopg.connect(url, application_name="staff")
        self._history = history
        self._values = values

    def act(self, kennitala: str, chance: Random) -> None:
        """Do something that fits the member's present state. If the database refuses it, nothing changes."""
        try:
            with self._connection.transaction():
                operation = self._do(kennitala, chance)
                time.sleep(chance.uniform(0, LONGEST_HOLD))
        except psycopg.errors.Error:
            return
        if operation is not None:
            self._history.record(operation, done=True)

    def enter(self, kennitala: str) -> None:
        """A new member."""
        with self._connection.transaction():
            operation = self._enter(kennitala)
        self._history.record(operation, done=True)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _do(self, kennitala: str, chance: Random) -> Operation | None:
        comrade = self._lock(kennitala)
        if comrade is None:
            return self._enter(kennitala) if chance.random() < 0.5 else None
        saw = self._see(comrade)
        if chance.random() < 0.03:
            operation = Operation("delete", "django", kennitala, saw=saw)
            for table in reversed(TABLES):
                key = "id" if table == "membership_comrade" else "comrade_id"
                self._connection.execute(f"DELETE FROM {table} WHERE {key} = %s", [comrade])  # noqa: S608
            return operation
        operation = Operation("edit", "django", kennitala, self._values.some(chance), saw)
        self._write(comrade, operation.values)
        return operation

    def _lock(self, kennitala: str) -> int | None:
        statement = "SELECT id FROM membership_comrade WHERE ssn = %s FOR UPDATE"
        row = self._connection.execute(statement, [kennitala]).fetchone()
        return None if row is None else int(row[0])

    def _see(self, comrade: int) -> Values:
        saw: Values = dict.fromkeys(EDITED)
        for table, columns in TABLES.items():
            key = "id" if table == "membership_comrade" else "comrade_id"
            statement = f"SELECT {', '.join(columns.values())} FROM {table} WHERE {key} = %s FOR UPDATE"  # noqa: S608
            row = self._connection.execute(statement, [comrade]).fetchone()
            if row is not None:
                saw |= {path: str(value) if value else None for path, value in zip(columns, row, strict=True)}
        return saw

    def _write(self, comrade: int, values: Values) -> None:
        for table, columns in TABLES.items():
            changed = {columns[path]: value for path, value in values.items() if path in columns}
            if changed:
                self._write_row(table, comrade, changed)

    def _write_row(self, table: str, comrade: int, changed: Values) -> None:
        key = "id" if table == "membership_comrade" else "comrade_id"
        pairs = ", ".join(f"{column} = %s" for column in changed)
        update = f"UPDATE {table} SET {pairs} WHERE {key} = %s"  # noqa: S608
        if self._connection.execute(update, [*changed.values(), comrade]).rowcount:
            return
        synced = dict.fromkeys(TABLES[table].values(), "")
        row: Values = {"comrade_id": comrade} | OTHERS[table] | synced | changed
        marks = ", ".join(["%s"] * len(row))
        insert = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
        self._connection.execute(insert, [*row.values()])

    def _enter(self, kennitala: str) -> Operation:
        operation = Operation("enter", "django", kennitala, self._values.all())
        statement = (
            "INSERT INTO membership_comrade"
            " (ssn, name, birthday, date_joined, reachable, groupable, gender, housing_situation, status)"
            " VALUES (%s, %s, %s, now(), true, true, 0, 0, 'active') RETURNING id"
        )
        columns = [kennitala, operation.values["name"], operation.values["profile.birthday"]]
        row = self._connection.execute(statement, columns).fetchone()
        details = {
            path: value
            for path, value in operation.values.items()
            if path.count(".") and path != "profile.birthday"
        }
        self._write(int(row[0]) if row else 0, details)
        return operation


class SiteStaff:
    """Edits, deletes and erases through Django's models, in a process of the host's own Python."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = threading.Lock()

    def act_for(self, history: History, values: NewValues) -> Callable[[str, Random], None]:
        """Their operations in one schedule."""

        def act(kennitala: str, chance: Random) -> None:
            kinds: list[Kind] = ["edit", "delete", "erase"]
            kind = chance.choices(kinds, [95, 3, 2])[0]
            operation = Operation(kind, "django", kennitala, values.some(chance) if kind == "edit" else {})
            answer = self._ask({"kind": kind, "kennitala": kennitala, "values": operation.values})
            operation.saw = answer["saw"]
            history.record(operation, done=answer["done"])
            if chance.random() < 0.1:
                self.let_in(kennitala)

        return act

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if self._process.stdin is None or self._process.stdout is None:
                raise RuntimeError("started without pipes")
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
            return answer

    def let_in(self, kennitala: str) -> None:
        """Somebody who was erased joined again, if the sync asks about them."""
        self._ask({"kind": "let_in", "kennitala": kennitala})


@contextmanager
def site_staff(site: DjangoServer) -> Iterator[SiteStaff]:
    """Their process, for the length of a `with` block."""
    command = [str(site.runtime.executable), str(Path(__file__).with_name("site_staff.py"))]
    environment = site.environment() | {"PYTHONPATH": str(BACKEND), "PGAPPNAME": "staff"}
    process = subprocess.Popen(
        command, cwd=BACKEND, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield SiteStaff(process)
    finally:
        process.kill()
        process.communicate()
