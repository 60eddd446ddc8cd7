"""Reads another service's answer up to a limit, so that an endless one cannot fill the memory."""

from __future__ import annotations

import json
from typing import Any

import requests

CHUNK_BYTES = 64 * 1024


class UnreadableAnswerError(ValueError):
    """An answer that is too large or not JSON; the message says which."""


def read_json(response: requests.Response, max_bytes: int) -> Any:
    """The body of a response that was asked for with `stream=True`. Raises UnreadableAnswerError."""
    body = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise UnreadableAnswerError(f"larger than {max_bytes} bytes")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswerError("not JSON") from error
