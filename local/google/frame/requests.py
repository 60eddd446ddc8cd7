"""Reads the JSON that a client sent."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from local.services.google_errors import GoogleError


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body; an empty one if there is no body. Raises GoogleError 400."""
    body = await request.body()
    try:
        value = json.loads(body) if body else {}
    except ValueError as error:
        raise GoogleError(400, f"Invalid JSON payload received: {error}") from error
    if not isinstance(value, dict):
        raise GoogleError(400, "Invalid JSON payload received: not an object")
    return value
