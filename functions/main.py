"""The entry points of the cloud functions: one function of this file for each that is deployed.

An instance imports what its function needs on the first call, so a start pays for no other function. The
settings of the function are checked at once: a revision that lacks one never gets traffic.
"""

from __future__ import annotations

import os

import functions_framework
from cloudevents.http import CloudEvent
from flask import Request, Response

from runtime import logs, settings

logs.configure()
settings.check(os.environ.get("FUNCTION_TARGET", ""))


@functions_framework.http
def handle_kenni_auth(request: Request) -> Response:
    """Deployed as `handleKenniAuth`: exchange a login at Kenni.is for a token of Firebase."""
    from handlers import login

    return login.handle_kenni_auth(request)


@functions_framework.http
def verify_membership(request: Request) -> Response:
    """Deployed as `verifyMembership`: tell a logged-in person whether they are a member."""
    from handlers import portal

    return portal.verify_membership(request)


@functions_framework.http
def updatememberprofile(request: Request) -> Response:
    """Change a member's own profile."""
    from handlers import portal

    return portal.updatememberprofile(request)


@functions_framework.http
def setmemberrole(request: Request) -> Response:
    """Give a member a role or take it away, for a superuser."""
    from handlers import portal

    return portal.setmemberrole(request)


@functions_framework.http
def searchmembers(request: Request) -> Response:
    """Find members, for staff."""
    from handlers import portal

    return portal.searchmembers(request)


@functions_framework.http
def syncmembers(request: Request) -> Response:
    """Compare every member, for an administrator."""
    from handlers import synchronise

    return synchronise.syncmembers(request)


@functions_framework.http
def decideheld(request: Request) -> Response:
    """Release or refuse what is held, for a superuser."""
    from handlers import held

    return held.decideheld(request)


@functions_framework.http
def operatordecision(request: Request) -> Response:
    """The same, for an operator who is named in the stack's settings."""
    from handlers import held

    return held.operatordecision(request)


@functions_framework.http
def bidirectional_sync(request: Request) -> Response:
    """Reconcile what is pending, or every member: for the scheduler, the nudge and operators."""
    from handlers import synchronise

    return synchronise.bidirectional_sync(request)


@functions_framework.cloud_event
def track_member_changes(event: CloudEvent) -> None:
    """Reconcile the member whose document was written."""
    from handlers import synchronise

    synchronise.track_member_changes(event)


@functions_framework.http
def healthz(request: Request) -> Response:
    """Tell what is configured, never the values."""
    from runtime import answers, health

    return answers.answering(health.report, request, methods={"GET"}, max_body=0)
