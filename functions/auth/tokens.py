"""Firebase's custom tokens: what the browser signs in with."""

from __future__ import annotations

from firebase_admin import App, auth

from .id_token import Identity

UID_PREFIX = "kenni:"


def user_id(identity: Identity) -> str:
    """The user's id at Firebase; Kenni.is gives every client another subject for the same person."""
    return UID_PREFIX + identity.subject


def custom_token(uid: str, app: App) -> str:
    """A token to sign in with, valid for an hour. The claims kept on the user say what the user may do."""
    token: bytes = auth.create_custom_token(uid, app=app)
    return token.decode()
