"""Serves the sync: on order over HTTP, for an administrator of the portal, and on Firestore's events."""

from __future__ import annotations

import time
from typing import Any

import structlog
from cloudevents.http import CloudEvent
from firebase_functions.https_fn import FunctionsErrorCode
from flask import Request, Response

from members.deployed import forgetting, register, rights
from runtime.answers import AnswerError, answer, answering
from runtime.callables import serve
from runtime.caller import CallableError, Caller
from runtime.logs import request_context
from runtime.settings import RunLimits, load
from sync import deployed
from sync.events import MemberEvent, UnreadableEventError
from sync.order import MAX_BODY_BYTES, InvalidOrderError, Order
from sync.runs import FAILED, STOPPED

RENEWAL_SECONDS = 30.0
"""How long the renewal of rights may take at least, also if the sync has used up its budget."""

log = structlog.get_logger(__name__)


def bidirectional_sync(request: Request) -> Response:
    """Run as ordered. Answers 503 if another try may still help, else 200."""
    return answering(_run, request, methods={"POST"}, max_body=MAX_BODY_BYTES)


def _run(request: Request) -> Response:
    try:
        order = Order.parse(request.get_data())
    except InvalidOrderError as error:
        raise AnswerError(400, "INVALID_INPUT", str(error)) from error
    begin = time.monotonic()
    result = deployed.deployed_sync().run(order)
    if not order.dry_run and not order.members and result["status"] not in (FAILED, STOPPED):
        left = load(RunLimits).budget_seconds - (time.monotonic() - begin)
        result["forgotten"] = forgetting().carry_out(max(left, RENEWAL_SECONDS))
    if order.mode == "full" and not order.dry_run:
        left = load(RunLimits).budget_seconds - (time.monotonic() - begin)
        result["rights_renewed"] = rights().renew_all(max(left, RENEWAL_SECONDS))
    again = result["status"] == FAILED or result["transient_failures"]
    return answer(result, 503 if again else 200)


def syncmembers(request: Request) -> Response:
    """The full comparison, for administrators."""
    return serve(_compare, request)


def _compare(caller: Caller, _data: Any) -> dict[str, Any]:
    register().require_staff(caller, "only administrators may run the sync")
    log.info("full comparison ordered", audit=True, uid=caller.uid)
    result = deployed.deployed_sync().run(Order(mode="full", reason="administrator"))
    if result["status"] == FAILED:
        raise CallableError(FunctionsErrorCode.UNAVAILABLE, f"the run failed: {result['error']}")
    return result


def track_member_changes(event: CloudEvent) -> None:
    """Renew the member's rights, then reconcile them; raises an error if a later delivery may succeed."""
    with request_context():
        try:
            written = MemberEvent.parse(event.data or b"")
        except UnreadableEventError as error:
            log.error("an event that cannot be used was dropped", event_id=event["id"], error=str(error))
            return
        if written.changes_rights:
            rights().renew(written.kennitala)
        if not written.is_echo:
            deployed.deployed_sync().reconcile_member(written.kennitala)
