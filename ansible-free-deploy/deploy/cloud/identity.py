"""Firestore as the operator sees it, with their own identity (`google_identity`).

A stack with an emulator needs none.
"""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass

import httpx
from google.auth.credentials import Credentials
from google.cloud import firestore

from deploy.remote import google_identity
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Stack
from members.confirmed_roles import ConfirmedRoles
from members.membership import Members
from runtime.clients import RIGHTS_DATABASE

SCOPES = (google_identity.CLOUD_PLATFORM, google_identity.EMAIL)
TOKEN_INFO = "https://oauth2.googleapis.com/tokeninfo"  # noqa: S105 (an address)  # nosec B105
SECONDS = 30.0


@dataclass(frozen=True)
class Operator:
    """Who works, and the members as they may see them."""

    name: str
    members: Members


def operator_of(stack: Stack) -> Operator:
    """The person at this machine. Raises DeployError if Google does not know them."""
    if not stack.project:
        raise DeployError("the stack names no project: `gcp:project` is missing")
    if stack.firestore_emulator:
        os.environ["FIRESTORE_EMULATOR_HOST"] = stack.firestore_emulator
        return Operator(f"{getpass.getuser()} at the emulator", _members(stack.project, None))
    credentials = signed_in()
    name = email_of(str(credentials.token))
    return Operator(name, _members(stack.project, credentials))


def signed_in() -> Credentials:
    """The credentials of the person at this machine, with a fresh token. Raises DeployError."""
    return google_identity.credentials(*SCOPES)


def _members(project: str, credentials: Credentials | None) -> Members:
    register = firestore.Client(project=project, credentials=credentials)
    rights = firestore.Client(project=project, credentials=credentials, database=RIGHTS_DATABASE)
    return Members(register, ConfirmedRoles(rights))


def email_of(token: str, transport: httpx.BaseTransport | None = None) -> str:
    """Whose access token that is, as Google says. Raises DeployError."""
    with httpx.Client(transport=transport, timeout=SECONDS) as client:
        try:
            answer = client.post(TOKEN_INFO, data={"access_token": token})
            told = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise DeployError(f"Google does not say who you are: {google_identity.LOG_IN}") from error
    email = told.get("email") if isinstance(told, dict) else None
    if not isinstance(email, str) or not email:
        raise DeployError(f"your Google identity has no e-mail address: {google_identity.LOG_IN}")
    return email
