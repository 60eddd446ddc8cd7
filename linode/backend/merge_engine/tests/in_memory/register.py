"""The register on dictionaries: the interface of `sync/register.py`, and the edits that staff make."""

from contextlib import contextmanager

from merge_engine import instants
from merge_engine.conversions import to_column
from merge_engine.documents import holds
from merge_engine.field_map import BY_PATH, FIELDS, NUMBER
from merge_engine.tests.in_memory.tables import Shadow


def stored(field, value):
    """What the register selects for a value that was written as JSON."""
    if value is not None and field.type == "timestamp":
        moment = instants.to_datetime(instants.parse(value)).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "Z"
    return value


def columns(values):
    """The columns, by field path, that hold these wire values."""
    fields = [BY_PATH[path] for path in values]
    return {field.path: stored(field, to_column(field, values[field.path])) for field in fields}


def new_row():
    """The columns of a member of whom nothing is stated."""
    return {field.path: stored(field, to_column(field, field.default)) for field in FIELDS}


class MemoryRegister:
    """Members by kennitala. Locks are not needed: nothing else runs while a batch does."""

    def __init__(self, tables):
        self._tables = tables

    @contextmanager
    def applying(self):
        """What follows is the sync's own writing."""
        self._tables.applying = True
        try:
            yield
        finally:
            self._tables.applying = False

    def lock(self, kennitalas, wait_milliseconds):
        """Only makes sure that there are shadows."""
        for kennitala in kennitalas:
            self._tables.shadows.setdefault(kennitala, Shadow(kennitala))

    def read(self, kennitalas):
        """Columns by field path, by kennitala; kennitalas of no member are left out."""
        members = self._tables.members
        return {kennitala: dict(members[kennitala]) for kennitala in kennitalas if kennitala in members}

    def new_ids(self, count):
        """So many ids."""
        first = self._tables.next_member
        self._tables.next_member += count
        return list(range(first, first + count))

    def taken_ids(self, ids):
        """Those that a member has."""
        return {row[NUMBER] for row in self._tables.members.values()} & set(ids)

    def reserve_ids(self, highest):
        """New ids are higher than this one from now on."""
        self._tables.next_member = max(self._tables.next_member, highest + 1)

    def write(self, members):
        """Pairs (before or None, after) of wire values; a column of which `after` says nothing stays."""
        for before, after in members:
            if not holds(before, after):
                row = dict(self._tables.members.get(after["kennitala"]) or new_row(), **columns(after))
                self._store(after["kennitala"], row, "create" if before is None else "update")

    def delete(self, kennitalas):
        """Remove members."""
        for kennitala in kennitalas:
            if self._tables.members.pop(kennitala, None) is not None:
                self._tables.capture(kennitala, "delete", {})

    def create(self, kennitala, values):
        """Staff enter a member: wire values by path; the rest is as a new row has it."""
        filled = {field.path: values.get(field.path, field.default) for field in FIELDS}
        filled["kennitala"] = kennitala
        filled[NUMBER] = filled[NUMBER] or self.new_ids(1)[0]
        self._store(kennitala, columns(filled), "create")

    def edit(self, kennitala, values, **captured):
        """Staff change some fields, given as wire values; `captured` as in `Tables.capture`."""
        changed = {
            path: stored(BY_PATH[path], to_column(BY_PATH[path], value)) for path, value in values.items()
        }
        self._store(kennitala, dict(self._tables.members[kennitala], **changed), "update", **captured)

    def renumber(self, old, new):
        """Staff correct a kennitala."""
        row = dict(self._tables.members.pop(old), kennitala=new)
        self._tables.capture(old, "delete", {})
        self._store(new, row, "create")
        self._tables.note_move(old, new)

    def unite(self, gone, kept):
        """Staff make one entry of two."""
        self.delete([gone])
        self._tables.note_move(gone, kept)

    def spoil(self, kennitala, path, column):
        """Somebody writes what the column takes and the field does not."""
        self._store(kennitala, dict(self._tables.members[kennitala], **{path: column}), "update")

    def _store(self, kennitala, row, action, **captured):
        before = self._tables.members.get(kennitala, {})
        self._tables.members[kennitala] = row
        changed = {BY_PATH[path].column: value for path, value in row.items() if value != before.get(path)}
        self._tables.capture(kennitala, action, changed, **captured)
