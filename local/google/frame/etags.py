"""Etags: a hash of the content, by which a writer shows what it has seen."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from local.services.google_errors import GoogleError

URL_SAFE = str.maketrans("-_", "+/")


def etag_of(content: Any) -> str:
    """The etag of a resource's content, which is base64 as in Google's policies."""
    text = json.dumps(content, sort_keys=True).encode()
    return base64.b64encode(hashlib.sha256(text).digest()[:8]).decode()


def require_seen(sent: str | None, present: str) -> None:
    """Raise GoogleError 409 if the writer saw another state than the present one. No etag means any.

    An etag is bytes, which JSON may carry in either alphabet of base64: gcloud answers in the other one.
    https://protobuf.dev/programming-guides/json/
    """
    if sent and _one_alphabet(sent) != _one_alphabet(present):
        message = "There were concurrent policy changes. Please retry the whole read-modify-write."
        raise GoogleError(409, message, "ABORTED")


def _one_alphabet(etag: str) -> str:
    return etag.strip('"').translate(URL_SAFE).rstrip("=")
