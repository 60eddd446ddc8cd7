"""The stores in PostgreSQL: the modules themselves."""

from merge_engine.stores import Stores

from sync import epochs, erasures, moves, outbox, records, register

POSTGRESQL = Stores(register, records, outbox, epochs, moves, erasures)
