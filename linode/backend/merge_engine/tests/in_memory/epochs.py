"""The epoch on an object: the interface of `sync/epochs.py`, without locks."""


class MemoryEpochs:
    """One epoch; nothing else runs while a call does."""

    def __init__(self, tables):
        self._tables = tables

    def read(self):
        """What the register knows."""
        return self._tables.epoch

    def locked(self):
        """The same."""
        return self._tables.epoch

    def save(self, known):
        """Keep it."""
        self._tables.epoch = known
