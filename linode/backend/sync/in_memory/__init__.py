"""The stores of a batch on dictionaries, for proofs over many schedules; tests hold them to the real ones."""

from ..stores import Stores
from .memory import MemoryRecords
from .outbox import MemoryOutbox
from .register import MemoryRegister
from .tables import Tables


def stores_over(tables):
    """The three parts over one set of tables."""
    return Stores(MemoryRegister(tables), MemoryRecords(tables), MemoryOutbox(tables))


__all__ = ["Tables", "stores_over"]
