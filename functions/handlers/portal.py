"""Serves the callable functions of the portal that keep members' details and roles, and find members."""

from __future__ import annotations

from flask import Request, Response

from members.deployed import members, register, roles, search
from members.profile_update import ProfileUpdates
from runtime.callables import serve
from sync.field_map import load_field_map


def verify_membership(request: Request) -> Response:
    """Whether the caller is a member; renews their claims."""
    return serve(lambda caller, data: register().verify(caller, data), request)


def updatememberprofile(request: Request) -> Response:
    """Change the caller's own profile."""
    return serve(
        lambda caller, data: ProfileUpdates(members(), load_field_map()).handle(caller, data),
        request,
    )


def setmemberrole(request: Request) -> Response:
    """Give a member a role or take it away, as a superuser asks."""
    return serve(lambda caller, data: roles().order(caller, data), request)


def searchmembers(request: Request) -> Response:
    """Find members, for staff."""
    return serve(lambda caller, data: search().handle(caller, data), request)
