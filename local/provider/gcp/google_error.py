"""The errors of Google's APIs, worded as Google's client shows them."""

from __future__ import annotations

from local.provider.resource_type import ProviderError


class GoogleError(ProviderError):
    """An answer of a Google API other than 2xx."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"googleapi: Error {code}: {message}")
        self.code = code


def already_exists(what: str) -> GoogleError:
    """Something of this name is there, and it is not this resource."""
    return GoogleError(409, f"Resource '{what}' already exists.")


def not_found(what: str) -> GoogleError:
    """What the resource refers to is not there."""
    return GoogleError(404, f"Resource '{what}' was not found.")


def service_disabled(api: str, project: str, number: int) -> GoogleError:
    """The API was never enabled for the project."""
    return GoogleError(
        403,
        f"{api} has not been used in project {number} before or it is disabled. Enable it by visiting "
        f"https://console.developers.google.com/apis/api/{api}/overview?project={project} then retry.",
    )


def invalid(message: str) -> GoogleError:
    """The request cannot be what was meant."""
    return GoogleError(400, message)


def denied(message: str) -> GoogleError:
    """Somebody lacks a permission."""
    return GoogleError(403, message)
