"""A person's decision about what is held: release it, or refuse to.

A release is for exactly what was shown. If anything else is held by now, it is refused, and what is held is
asked anew; and Django lets each deletion through only if it is the one whose fingerprint was shown. A release
that is cut off leaves the rest held, and the next run asks again. Every decision is audited, and so is every
one that did not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .epochs import Epochs
from .held import RELEASED, Decider, NotDecidableError, situation_of
from .options import Store
from .service import Sync

log = structlog.get_logger(__name__)


class InvalidDecisionError(ValueError):
    """A body that is no decision; the message says which part is wrong."""


class Decision(BaseModel):
    """What a person answers to one held run. `hash`: of what they were shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    decision: Literal["released", "refused"]

    @classmethod
    def parse(cls, body: Any) -> Decision:
        """Raises InvalidDecisionError."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            places = {".".join(map(str, item["loc"])) or "body" for item in error.errors()}
            raise InvalidDecisionError(f"invalid: {', '.join(sorted(places))}") from error


class RestoreDecision(BaseModel):
    """A person says which store was set back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    restored: Store

    @classmethod
    def parse(cls, body: Any) -> RestoreDecision:
        """Raises InvalidDecisionError."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            raise InvalidDecisionError("invalid: restored must be register or firestore") from error


@dataclass(frozen=True)
class Decisions:
    """Takes decisions and carries out the releases."""

    sync: Sync

    def decide(self, decision: Decision, decider: Decider) -> dict[str, Any]:
        """What came of it: the result of the run, for a release. Raises NotDecidableError and SyncError."""
        try:
            result = self._decide(decision, decider)
        except NotDecidableError as error:
            _audit("a decision on a held run did not count", decision, decider, reason=str(error))
            raise
        _audit("held run decided", decision, decider)
        return result

    def _decide(self, decision: Decision, decider: Decider) -> dict[str, Any]:
        held = self.sync.held
        situation = situation_of(self.sync.reconciler.peer)
        if situation.hash != decision.hash:
            held.note(situation)
            raise NotDecidableError("what is held has changed since it was shown; look again")
        held.decide(decision.id, decision.hash, decision.decision, decider)
        if decision.decision != RELEASED:
            return {"decision": decision.decision, "count": len(situation.members)}
        return self.sync.release(situation, decider) | {"decision": RELEASED}

    def after_restore(self, decision: RestoreDecision, decider: Decider) -> dict[str, Any]:
        """Reconcile by what counts after that store was restored; the result of the run.

        A store that has lost members does not stop the sync, but their deletion is held. Raises
        NotDecidableError if nothing waits for such a decision, and SyncError.
        """
        if (
            Epochs.stopped(self.sync.reconciler) is None
            and not situation_of(self.sync.reconciler.peer).members
        ):
            raise NotDecidableError("neither store was set back; `fab sync` is enough")
        log.info(
            "a restored store", audit=True, who=decider.who, role=decider.role, restored=decision.restored
        )
        return self.sync.after_restore(decision.restored, decider)


def _audit(event: str, decision: Decision, decider: Decider, **more: str) -> None:
    log.info(
        event,
        audit=True,
        who=decider.who,
        role=decider.role,
        held_run=decision.id,
        hash=decision.hash,
        decision=decision.decision,
        **more,
    )
