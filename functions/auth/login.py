"""`handleKenniAuth`: the browser brings the code that Kenni.is gave it, and gets a token to sign in with."""

from __future__ import annotations

import json
from typing import Annotated

import structlog
from flask import Request, Response
from pydantic import BaseModel, Field, ValidationError

from members.rights import Rights
from runtime.answers import AnswerError, answer

from .failures import FailedLogins
from .id_token import Identity, InvalidIdTokenError
from .kenni import KenniClient, KenniError, RefusedCodeError
from .tokens import custom_token, user_id

MAX_BODY_BYTES = 8 * 1024
log = structlog.get_logger(__name__)


class LoginRequest(BaseModel):
    """What the browser sends. The verifier's form is that of RFC 7636."""

    code: Annotated[str, Field(alias="kenniAuthCode", min_length=1, max_length=500)]
    verifier: Annotated[str, Field(alias="pkceCodeVerifier", pattern=r"^[A-Za-z0-9._~-]{43,200}$")]
    nonce: Annotated[str, Field(min_length=16, max_length=200)]

    @classmethod
    def parse(cls, body: bytes) -> LoginRequest:
        """Raises AnswerError."""
        try:
            return cls.model_validate(json.loads(body))
        except ValidationError as error:
            names = sorted({str(item["loc"][0]) if item["loc"] else "body" for item in error.errors()})
            raise AnswerError(400, "INVALID_INPUT", f"invalid: {', '.join(names)}") from error
        except (ValueError, RecursionError) as error:
            raise AnswerError(400, "INVALID_JSON", "the body is not JSON") from error


class Login:
    """Turns codes into tokens."""

    def __init__(self, kenni: KenniClient, failed: FailedLogins, rights: Rights) -> None:
        self._kenni = kenni
        self._failed = failed
        self._rights = rights

    def handle(self, request: Request) -> Response:
        """Answer one login. Raises AnswerError."""
        wanted = LoginRequest.parse(request.get_data())
        forwarded_for = request.headers.get("X-Forwarded-For")
        self._failed.check_address(forwarded_for)
        identity = self._identify(wanted, forwarded_for)
        self._failed.check_person(identity.subject)
        uid = user_id(identity)
        membership = self._rights.register.membership(identity.kennitala)
        self._rights.logged_in(uid, membership)
        log.info("logged in", audit=True, uid=uid, kennitala=identity.kennitala, roles=membership.roles)
        token = custom_token(uid, self._rights.register.app)
        return answer({"customToken": token, "uid": uid, "identity": _shown(identity)})

    def _identify(self, wanted: LoginRequest, forwarded_for: str | None) -> Identity:
        """A fault of Kenni.is is nobody's failure: while it is down, people may try as often as they like."""
        try:
            return self._kenni.identify(wanted.code, wanted.verifier, wanted.nonce)
        except RefusedCodeError as error:
            self._failed.count(forwarded_for)
            raise _not_completed(error) from error
        except InvalidIdTokenError as error:
            self._failed.count(forwarded_for, error.subject)
            raise _not_completed(error) from error
        except KenniError as error:
            raise _not_completed(error) from error


def _not_completed(error: Exception) -> AnswerError:
    log.warning("login failed", audit=True, reason=str(error), kind=type(error).__name__)
    return AnswerError(502, "TOKEN_EXCHANGE_FAILED", "the login could not be completed; please start again")


def _shown(identity: Identity) -> dict[str, str | None]:
    """What the electronic ID says of the person, for their own browser. The register may differ from it."""
    return {"name": identity.name, "email": identity.email, "phone": identity.phone}
