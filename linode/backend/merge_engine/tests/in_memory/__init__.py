"""The stores of a batch on dictionaries, for proofs over many schedules.

`sync/tests/test_in_memory.py` compares them with the stores in PostgreSQL.
"""

from merge_engine.stores import Stores
from merge_engine.tests.in_memory.epochs import MemoryEpochs
from merge_engine.tests.in_memory.erasures import MemoryErasures
from merge_engine.tests.in_memory.moves import MemoryMoves
from merge_engine.tests.in_memory.outbox import MemoryOutbox
from merge_engine.tests.in_memory.records import MemoryRecords
from merge_engine.tests.in_memory.register import MemoryRegister
from merge_engine.tests.in_memory.tables import Tables


def stores_over(tables):
    """The parts over one set of tables."""
    parts = (MemoryRegister, MemoryRecords, MemoryOutbox, MemoryEpochs, MemoryMoves, MemoryErasures)
    return Stores(*[part(tables) for part in parts])


__all__ = ["Tables", "stores_over"]
