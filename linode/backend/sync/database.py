"""The stores in PostgreSQL: the modules themselves."""

from merge_engine.stores import Stores

from sync import outbox, records, register_store

POSTGRESQL = Stores(register_store, records, outbox)
