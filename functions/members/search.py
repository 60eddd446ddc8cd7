"""How staff find members: the register on the host is asked, which has an index for it.

While the host cannot be reached, a whole kennitala is looked up in Firestore, and nothing else: a search by
name would have to read everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

import structlog
from firebase_functions.https_fn import FunctionsErrorCode
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runtime.caller import CallableError, Caller, invalid
from runtime.kennitala import InvalidKennitalaError, mask, normalise
from sync.failures import RefusedError, SyncError
from sync.peer import FoundMembers

from .membership import Members

LONGEST = 200
"""Characters of a search, as Django takes them (`linode/backend/sync/search_view.py`)."""
PostalCode = Annotated[str, Field(pattern="^[0-9]{3}$")]

log = structlog.get_logger(__name__)


class PostalCodes(BaseModel):
    """From one postal code to another, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: PostalCode
    last: PostalCode


class SearchOrder(BaseModel):
    """What to look for, and which page of it; an empty text or list leaves nobody out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(default="", max_length=LONGEST)
    status: Literal["", "active", "suspended", "left"] = ""
    postal_codes: list[PostalCodes] = Field(default_factory=list, max_length=50)
    page: int = Field(default=1, ge=1, le=100_000)


class Host(Protocol):
    """The register."""

    def search(self, order: dict[str, Any]) -> FoundMembers:
        """A page of those who are found. Raises SyncError."""


@dataclass(frozen=True)
class Search:
    """Answers staff, and nobody else."""

    members: Members
    host: Host

    def handle(self, caller: Caller, data: Any) -> dict[str, Any]:
        """`total` and a page of `members`; `limited` if only a kennitala could be looked up."""
        self.members.require_staff(caller, "only staff may search the register")
        try:
            order = SearchOrder.model_validate(data or {})
        except ValidationError as error:
            raise invalid("this is no search") from error
        log.info("register searched", audit=True, uid=caller.uid, page=order.page)
        try:
            found = self.host.search(order.model_dump())
        except RefusedError as error:
            raise invalid("this is no search") from error
        except SyncError as error:
            log.warning("the register cannot be searched", error=str(error))
            return self._by_kennitala(order)
        return found.model_dump() | {"limited": False}

    def _by_kennitala(self, order: SearchOrder) -> dict[str, Any]:
        """The member whose whole kennitala was typed. Raises CallableError for any other search."""
        try:
            kennitala = normalise(order.text)
        except InvalidKennitalaError as error:
            message = "the register cannot be reached; only a whole kennitala can be looked up now"
            raise CallableError(FunctionsErrorCode.UNAVAILABLE, message) from error
        fields = self.members.client.collection("members").document(kennitala).get().to_dict()
        shown = [_shown(kennitala, fields)] if fields else []
        return {"total": len(shown), "members": shown, "limited": True}


def _shown(kennitala: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A document as the register's search shows a member. A part of another form is left out."""
    profile, standing = (_map(fields.get(name)) for name in ("profile", "membership"))
    return {
        "djangoId": standing.get("djangoId"),
        "name": fields.get("name"),
        "kennitala": mask(kennitala),
        "email": profile.get("email") or "",
        "phone": profile.get("phone") or "",
        "city": _map(profile.get("address")).get("city") or "",
        "status": standing.get("status"),
    }


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
