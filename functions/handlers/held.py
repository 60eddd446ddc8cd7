"""Serves decisions about what is held: of superusers in the portal, and of named operators.

Nobody else can decide: no order of the nudge or of the scheduler knows a release, and neither of them may
call these functions.
"""

from __future__ import annotations

from typing import Any

from firebase_functions.https_fn import FunctionsErrorCode
from flask import Request, Response

from members.deployed import register
from runtime.answers import AnswerError, answer, answering
from runtime.callables import serve
from runtime.caller import CallableError, Caller, invalid
from runtime.invoker import invoker_of
from sync import deployed
from sync.decisions import Decision, Decisions, InvalidDecisionError, RestoreDecision
from sync.epochs import Epochs
from sync.failures import SyncError
from sync.held import Decider, NotDecidableError, situation_of

MAX_BODY_BYTES = 4 * 1024


def decideheld(request: Request) -> Response:
    """Release or refuse what is held, for a superuser who is one now."""
    return serve(_decide, request)


def _decide(caller: Caller, data: Any) -> dict[str, Any]:
    register().require_superuser(caller, "only superusers may decide what is held")
    caller.require_recent_log_in()
    try:
        decision = Decision.parse(data)
        return Decisions(deployed.deployed_sync()).decide(decision, Decider(caller.uid, "superuser"))
    except InvalidDecisionError as error:
        raise invalid(str(error)) from error
    except NotDecidableError as error:
        raise CallableError(FunctionsErrorCode.FAILED_PRECONDITION, str(error)) from error
    except SyncError as error:
        raise CallableError(FunctionsErrorCode.UNAVAILABLE, f"try again: {error}") from error


def operatordecision(request: Request) -> Response:
    """The same for operators, whom IAM lets in by their own accounts. GET shows what waits."""
    return answering(_operate, request, methods={"GET", "POST"}, max_body=MAX_BODY_BYTES)


def _operate(request: Request) -> Response:
    decider = Decider(invoker_of(request), "operator")
    sync = deployed.deployed_sync()
    try:
        if request.method == "GET":
            sync.held.note(situation_of(sync.reconciler.peer))
            return answer({"waiting": sync.held.waiting(), "stopped": Epochs.stopped(sync.reconciler)})
        body = request.get_json(silent=True)
        if isinstance(body, dict) and "restored" in body:
            return answer(Decisions(sync).after_restore(RestoreDecision.parse(body), decider))
        return answer(Decisions(sync).decide(Decision.parse(body), decider))
    except InvalidDecisionError as error:
        raise AnswerError(400, "INVALID_INPUT", str(error)) from error
    except NotDecidableError as error:
        raise AnswerError(409, "NOT_DECIDABLE", str(error)) from error
    except SyncError as error:
        raise AnswerError(503, "UNAVAILABLE", f"try again: {error}") from error
