"""The second place that must name a role before it counts: the database `rights`.

Firestore is restored database by database. A register that is set back names roles again that have been taken
away since; this database does not, and the other way round. So a restore of either gives nobody a role.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from google.cloud import firestore

HOLDERS = "holders"


@dataclass(frozen=True)
class ConfirmedRoles:
    """Roles by person, in a database that holds nothing else. Nobody is in it who has none."""

    client: firestore.Client

    def of(self, kennitala: str) -> frozenset[str]:
        """One person's."""
        return _roles(self._holders.document(kennitala).get().to_dict())

    def everybodys(self) -> dict[str, frozenset[str]]:
        """Those of all who have any."""
        return {holder.id: _roles(holder.to_dict()) for holder in self._holders.stream()}

    def add(self, kennitala: str, role: str) -> None:
        """Let one more count."""
        added = {"roles": firestore.ArrayUnion([role]), "at": firestore.SERVER_TIMESTAMP}
        self._holders.document(kennitala).set(added, merge=True)

    def keep(self, kennitala: str, roles: Collection[str]) -> None:
        """Let no others than these count; no trace stays of a person who has none."""
        document = self._holders.document(kennitala)
        if roles:
            document.set({"roles": sorted(roles), "at": firestore.SERVER_TIMESTAMP})
        else:
            document.delete()

    @property
    def _holders(self) -> firestore.CollectionReference:
        return self.client.collection(HOLDERS)


def _roles(holder: dict[str, Any] | None) -> frozenset[str]:
    return frozenset((holder or {}).get("roles", []))
