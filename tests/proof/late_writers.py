"""Who looks now and writes later: pages, which say what they showed, and scripts, which say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from members.profile_update import check_seen
from runtime.caller import CallableError

if TYPE_CHECKING:
    from tests.proof.simulation import Simulation

ON_PAGES = ("name", "profile.email")
"""What pages show that are open for some time. (A text in place of the address is shown by no page.)"""
Side = Literal["django", "firestore"]


class LateWriters:
    """Those of one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.open_pages: list[tuple[str, str, Any]] = []
        """What pages of the portal showed, and have not sent: kennitala, path, value."""
        self.looks: list[tuple[Side, str, str, Any]] = []
        """What scripts saw that write later without another look: side, kennitala, path, value."""

    def open_page(self, kennitala: str, path: str) -> None:
        """A page shows a field of the document, and somebody types over it."""
        shown = (self._simulation.in_firestore(kennitala) or {}).get(path)
        self.open_pages.append((kennitala, path, shown))

    def send_page(self, index: int) -> None:
        """It says what it showed, as to `updatememberprofile`; perhaps nothing is written any more."""
        simulation, (kennitala, path, seen) = self._simulation, self.open_pages.pop(index)
        stored = simulation.firestore.members.get(kennitala)
        if stored is None:
            return
        try:
            check_seen(stored.fields, {path: seen})
        except CallableError:
            return
        value = simulation.new_value(kennitala, path, [simulation.ledger.token(kennitala, path, seen)])
        simulation.write_document(kennitala, {path: value}, in_portal=True)

    def look(self, side: Side, kennitala: str, path: str) -> None:
        """A script reads a field."""
        values = self._held(side, kennitala)
        if values is not None:
            self.looks.append((side, kennitala, path, values[path]))

    def write_blindly(self, index: int) -> None:
        """It writes, whatever stands there by now."""
        simulation, (side, kennitala, path, seen) = self._simulation, self.looks.pop(index)
        values = self._held(side, kennitala)
        if values is None or (side == "django" and kennitala in simulation.django.locked):
            return
        simulation.ledger.wrote_over(kennitala, path, values[path])
        token = simulation.ledger.token(kennitala, path, seen)
        change = {path: simulation.new_value(kennitala, path, [token])}
        if side == "firestore":
            simulation.write_document(kennitala, change, in_portal=False)
            return
        simulation.commit_of_staff()
        simulation.django.stores.register.edit(kennitala, change)

    def _held(self, side: Side, kennitala: str) -> dict[str, Any] | None:
        sides = {"django": self._simulation.in_django, "firestore": self._simulation.in_firestore}
        return sides[side](kennitala)
