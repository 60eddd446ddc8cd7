"""The errors of Google's APIs, in the words that Google's client shows."""

from __future__ import annotations

from local.provider.resource_type import ProviderError


class GoogleError(ProviderError):
    """A Google API refused a request."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"googleapi: Error {code}: {message}")
        self.code = code


def not_found(what: str) -> GoogleError:
    """404: the resource refers to something that does not exist."""
    return GoogleError(404, f"Resource '{what}' was not found.")


def invalid(message: str) -> GoogleError:
    """400: the request is wrong."""
    return GoogleError(400, message)
