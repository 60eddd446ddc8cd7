"""The functions that call Django's API, each with a token of its own: its setting in the stack, its digest.

Which functions there are, and what each may call, is in `linode/backend/api_access/routes.json`.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from pathlib import Path

ROUTES = Path(__file__).resolve().parents[3] / "linode" / "backend" / "api_access" / "routes.json"
FUNCTIONS: tuple[str, ...] = tuple(sorted(json.loads(ROUTES.read_text())["functions"]))
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,128}")
TOKEN_BYTES = 32
DIGEST = re.compile(r"[0-9a-f]{64}")


def setting_of(function: str) -> str:
    """The secret setting that holds a function's token: `syncmembersToken`, `bidirectionalSyncToken`."""
    first, *rest = function.split("_")
    return first + "".join(word.capitalize() for word in rest) + "Token"


def new_token() -> str:
    """A token nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """What Django keeps of a token (docs/adr/0040)."""
    return hashlib.sha256(token.encode()).hexdigest()
