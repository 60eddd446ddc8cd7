"""Keeps the secrets of second factors unreadable in the database and its backups."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UnreadableSecretError(Exception):
    """It was sealed with a key that this site does not have."""


def seal(secret):
    """Bytes as a text that only this site's keys open."""
    return _keys().encrypt(secret).decode()


def unseal(sealed):
    """The bytes. Raises UnreadableSecretError."""
    try:
        return _keys().decrypt(sealed.encode())
    except InvalidToken:
        raise UnreadableSecretError


def seal_anew(sealed):
    """The same secret, sealed with the newest key. Raises UnreadableSecretError."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise UnreadableSecretError


def _keys():
    """The first key seals, each opens."""
    return MultiFernet([Fernet(key) for key in settings.SECOND_FACTOR_KEYS])
