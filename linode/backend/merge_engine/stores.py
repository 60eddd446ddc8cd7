"""The stores: what a batch of members needs of the place where everything is kept.

The real stores are in PostgreSQL (`sync/postgresql.py`). Those of `tests/in_memory` have the same functions
on dictionaries, for proofs over many schedules. Neither decides anything. A batch runs inside one
transaction, which the caller begins.
"""

from typing import Any, NamedTuple


class Stores(NamedTuple):
    """Six parts. The modules of the app `sync` that are named here say what each function does.

    `register` (register.py): `applying`, `lock`, `read`, `new_ids`, `taken_ids`, `reserve_ids`,
    `write`, `delete`.
    `records` (records.py): `shadows`, `locked_shadows`, `intents`, `live_intents`, `deletions_since`,
    `save_shadows`, `save_bases`, `hold`, `expire_intents`, `close_intents`, `add_intents`,
    `is_recent`, `log_conflicts`, `forget`, `drop`.
    `outbox` (outbox.py): `deleted`, `finish`, `finish_up_to`, `keep_dirty`, `fail`.
    `epochs` (epochs.py): `read`, `locked`, `save`.
    `moves` (moves.py): `among`, `note_read`, `close`.
    `erasures` (erasures.py): `of`, `note`.
    """

    register: Any
    records: Any
    outbox: Any
    epochs: Any
    moves: Any
    erasures: Any
