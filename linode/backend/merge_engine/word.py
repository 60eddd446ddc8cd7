"""What a person has decided, on the way into the merge."""

from typing import Any, Dict, NamedTuple


class Word(NamedTuple):
    """`released`: kennitala → the fingerprint of the deletion that was shown (see `deletion_guard`).

    `restored`: the store that was set back (see `after_restore`), or None.
    """

    released: Dict[str, str] = {}
    restored: Any = None


NOTHING_SAID = Word()
