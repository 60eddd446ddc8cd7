"""`members.rights.Rights` where nobody has ever logged in."""

from __future__ import annotations

from typing import Any


class NoUsers:
    """Has nothing to take from anybody."""

    def renew(self, _kennitala: str) -> int:
        return 0


NO_USERS: Any = NoUsers()
