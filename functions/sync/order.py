"""What somebody asks of `bidirectional_sync`: the body of the request.

No order releases what is held: its senders are programs, and a release is a person's word (`decisions.py`).
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from .options import Options, Restored, Store, Word

MAX_BODY_BYTES = 64 * 1024
MAX_MEMBERS = 500


class InvalidOrderError(ValueError):
    """A body that is no order; the message says which part is wrong."""


class Order(BaseModel):
    """How to sync. `pending` drains what has been announced; `full` also compares every member."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["pending", "full"] = "pending"
    dry_run: bool = False
    members: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9]{10}$")]], Field(max_length=MAX_MEMBERS)
    ] = []
    """Only these, whether announced or not."""
    after_restore: Store | None = None
    """Which store was set back. Only a dry run may say it here: the decision itself is a person's word."""
    reason: Annotated[str, Field(max_length=100)] = "request"
    """Who asks: kept in the log of the run."""

    @property
    def options(self) -> Options:
        """How this order wants its members reconciled."""
        restored = None if self.after_restore is None else Restored(self.after_restore)
        return Options(dry_run=self.dry_run, word=Word(restored=restored))

    @model_validator(mode="after")
    def _decides_nothing(self) -> Order:
        if self.after_restore is not None and not (self.dry_run and self.mode == "full"):
            raise ValueError("after_restore is for a full dry run")
        return self

    @classmethod
    def parse(cls, body: bytes) -> Order:
        """An empty body asks for a pending run. Raises InvalidOrderError."""
        if not body.strip():
            return cls()
        try:
            return cls.model_validate(json.loads(body))
        except ValidationError as error:
            places = {".".join(map(str, item["loc"])) or "body" for item in error.errors()}
            raise InvalidOrderError(f"invalid: {', '.join(sorted(places))}") from error
        except (ValueError, RecursionError) as error:
            raise InvalidOrderError("the body is not JSON") from error
