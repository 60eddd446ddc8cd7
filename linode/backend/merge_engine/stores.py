"""What a batch of members needs of the place where everything is kept, so that it may be kept elsewhere.

`sync/database.py` has the real one, in PostgreSQL; `tests/in_memory` has the same functions on dictionaries,
for proofs over many schedules. Neither decides anything. A batch runs inside one transaction, which is the
caller's.
"""

from typing import Any, NamedTuple


class Stores(NamedTuple):
    """Three parts; the modules of the app `sync` that are named here tell what each function does.

    `register` (register_store.py): `applying`, `lock`, `read`, `new_ids`, `write`, `delete`.
    `records` (records.py): `shadows`, `locked_shadows`, `intents`, `live_intents`, `deletions_since`,
    `save_shadows`, `bury_intents`, `bury_all_intents`, `add_intents`, `is_recent`, `log_conflicts`.
    `outbox` (outbox.py): `finish`, `finish_up_to`, `keep_dirty`, `fail`.
    """

    register: Any
    records: Any
    outbox: Any
