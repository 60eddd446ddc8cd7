"""Tokens without a signature, which Firebase's emulators take."""

from __future__ import annotations

import base64
import json
from typing import Any


def unsigned_token(claims: dict[str, Any]) -> str:
    """A token with these claims."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "typ": "JWT"}, claims)
    ]
    return ".".join([*parts, ""])
