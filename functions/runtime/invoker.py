"""Who called a function that is closed to the world.

The front end has checked the identity token and the right to call, and hands the token on without its
signature (https://cloud.google.com/run/docs/authenticating/service-to-service). Only a function that is not
open to everybody may believe it: elsewhere, a token could be anybody's invention.

A token in `X-Serverless-Authorization` is the only one that the front end checks; beside it, `Authorization`
is whatever the caller wrote. None of our callers sends the first.
"""

from __future__ import annotations

import base64
import json

from flask import Request

from .answers import AnswerError

UNCHECKED_BESIDE = "X-Serverless-Authorization"
"""With this header, nobody has checked the other one."""


def invoker_of(request: Request) -> str:
    """The e-mail address of the account that calls. Raises AnswerError if the token names none."""
    if UNCHECKED_BESIDE in request.headers:
        raise AnswerError(401, "UNAUTHENTICATED", f"send the identity token without {UNCHECKED_BESIDE}")
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        email = claims["email"]
    except (ValueError, KeyError, TypeError):
        email = None
    if not isinstance(email, str) or not email:
        raise AnswerError(401, "UNAUTHENTICATED", "the identity token names no account")
    return email
