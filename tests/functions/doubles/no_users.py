"""`members.rights.Rights` where nobody has ever logged in."""

from __future__ import annotations

from typing import Any


class NoUsers:
    """Has nothing to take from anybody."""

    def forget(self, _kennitala: str) -> None:
        return


NO_USERS: Any = NoUsers()
