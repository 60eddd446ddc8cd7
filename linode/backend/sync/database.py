"""The stores in PostgreSQL: the modules themselves."""

from sync import memory, outbox, register_store
from sync.stores import Stores

POSTGRESQL = Stores(register_store, memory, outbox)
