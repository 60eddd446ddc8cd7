"""Django's sync API over HTTPS (`{base}/api/sync/…`, token authentication).

Every call is idempotent in Django, so it may be repeated. A kennitala is sent in a body, never in an address,
because addresses end up in access logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import requests
import structlog
from pydantic import SecretStr, ValidationError

from runtime.bounded_json import UnreadableAnswerError, read_json

from .backoff import Backoff, PatienceError
from .documents import Epoch, Snapshot
from .failures import AccessError, PermanentError, RefusedError, SetBackError, TransientError
from .field_map import FieldMap, load_field_map
from .options import NOTHING_SAID, Word
from .peer import (
    WIRE_VERSION,
    Acknowledgement,
    Claim,
    Erasure,
    Erasures,
    FoundMembers,
    HashPage,
    HeldPage,
    IssuedEpoch,
    MemberFailure,
    Presented,
    RememberedPage,
    Round,
    Shape,
    Verdict,
)
from .shared_fields import HEADER, told

CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
REFUSED_STATUSES = frozenset({400, 413, 422})
"""Statuses which say that the request is wrong."""
NOT_FOUND, CONFLICT = 404, 409
TRANSIENT_STATUSES = frozenset({408, 425, 429})

Answer = TypeVar("Answer", bound=Shape)


class UnknownCallError(PermanentError):
    """Django does not know the call, because it is of an earlier version."""


log = structlog.get_logger(__name__)


class DjangoClient:
    """One connection pool to the host; shared by threads."""

    def __init__(  # noqa: PLR0913 (the last by name)
        self,
        base_url: str,
        token: SecretStr,
        backoff: Backoff | None = None,
        connections: int = 8,
        field_map: FieldMap | None = None,
        *,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        """`base_url` is the address of the site's prefix, such as `https://host/felagar`.

        `read_seconds`: how long it waits for more of an answer.
        """
        self._base = base_url.rstrip("/") + "/api/sync/"
        self._backoff = backoff or Backoff()
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Token {token.get_secret_value()}"
        self._session.headers[HEADER] = told(field_map or load_field_map())
        self._heard: str | None = None
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=connections))

    @property
    def heard(self) -> str | None:
        """What Django's last answer said of the fields that it knows."""
        return self._heard

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def claim(self, worker: str, limit: int, lease_seconds: int) -> Claim:
        """Lease members that have changed."""
        body = {"worker": worker, "limit": limit, "lease_seconds": lease_seconds}
        return _parse(Claim, self._call("POST", "changes/", body=body))

    def pending(self, limit: int) -> Claim:
        """Look at the members that have changed."""
        return _parse(Claim, self._call("GET", "changes/", query={"limit": limit}))

    def apply(
        self,
        read_time: str,
        documents: Sequence[Presented],
        *,
        dry_run: bool,
        carried: Epoch | None = None,
        word: Word = NOTHING_SAID,
    ) -> dict[str, Verdict]:
        """Have documents merged. A verdict that makes no sense is left out, so that only its member fails."""
        body: dict[str, Any] = {
            "version": WIRE_VERSION,
            "read_time": read_time,
            "dry_run": dry_run,
            "epoch": _epoch(carried),
            "moves": True,
            "documents": [document.model_dump() for document in documents],
        }
        path = "apply/"
        said = word.released
        if shown := {it.kennitala: said[it.kennitala] for it in documents if it.kennitala in said}:
            path, body["released"] = "release/", shown
        if word.restored is not None:
            path, body["restored"] = "apply/" if dry_run else "release/", asdict(word.restored)
        verdicts = {}
        for kennitala, verdict in _results(self._call("POST", path, body=body)).items():
            try:
                verdicts[kennitala] = Verdict.model_validate(verdict)
            except ValidationError as error:
                log.error("a verdict makes no sense", kennitala=kennitala, errors=error.error_count())
        return verdicts

    def epoch(self, seen: Snapshot, *, advance: bool) -> IssuedEpoch | None:
        """Compare the epoch; None from a Django that knows none."""
        body = _seen(seen) | {"advance": advance}
        try:
            return _parse(IssuedEpoch, self._call("POST", "epoch/", body=body))
        except UnknownCallError:
            return None

    def settle_restore(self, seen: Snapshot) -> IssuedEpoch:
        """Every member is reconciled: the new epoch."""
        return _parse(IssuedEpoch, self._call("POST", "restored/", body=_seen(seen)))

    def mark_synced(
        self, acknowledgements: Sequence[Acknowledgement], failures: Sequence[MemberFailure]
    ) -> dict[str, str]:
        """Tell what landed and what failed."""
        body = {
            "version": WIRE_VERSION,
            "acknowledgements": [item.model_dump() for item in acknowledgements],
            "failures": [item.model_dump() for item in failures],
        }
        results = _results(self._call("POST", "mark-synced/", body=body))
        return {kennitala: str(result) for kennitala, result in results.items()}

    def hashes(self, after: str | None, limit: int) -> HashPage:
        """A page of hashes."""
        return _parse(HashPage, self._call("POST", "hashes/", body={"after": after, "limit": limit}))

    def begin_round(self) -> Round:
        """Where the comparison goes on."""
        return self._round({"begins": True})

    def end_round(self, reached: str | None) -> Round:
        """How far it came."""
        return self._round({"reached": reached})

    def _round(self, told: Mapping[str, Any]) -> Round:
        # A Django that keeps no round answers with a page, here a short one.
        answer = self._call("POST", "hashes/", body={"limit": 1, "round": told})
        return _parse(Round, answer.get("round", {}) if isinstance(answer, dict) else answer)

    def held(self, after: str | None, limit: int) -> HeldPage:
        """A page of those who wait for a person."""
        return _parse(HeldPage, self._call("POST", "held/", body={"after": after, "limit": limit}))

    def erasures(self, done: Sequence[Erasure], limit: int) -> list[Erasure]:
        """Whom the cloud is to forget; nobody by a Django that says nothing of it."""
        told = [erasure.model_dump() for erasure in done]
        body = {"version": WIRE_VERSION, "done": told, "limit": limit}
        try:
            return _parse(Erasures, self._call("POST", "erasures/", body=body)).erasures
        except UnknownCallError:
            return []

    def remembered(self, after: str | None, limit: int) -> RememberedPage:
        """A page of people who are no members; nobody by a Django that says nothing of them."""
        # A Django that does not know the question answers with a page of members.
        body = {"after": after, "limit": limit, "remembered": True}
        return _parse(RememberedPage, self._call("POST", "hashes/", body=body))

    def search(self, order: Mapping[str, Any]) -> FoundMembers:
        """A page of the members whom a search finds (`members/search.py`)."""
        return _parse(FoundMembers, self._call("POST", "search/", body=order))

    def _call(
        self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None
    ) -> Any:
        return self._backoff.call(lambda: self._send(method, path, body, query))

    def _send(self, method: str, path: str, body: Any, query: Mapping[str, Any] | None) -> Any:
        try:
            with self._session.request(
                method,
                self._base + path,
                json=body,
                params=query,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.status_code == CONFLICT:
                    raise _set_back(read_json(response, MAX_ANSWER_BYTES))
                _check_status(response, path)
                self._heard = response.headers.get(HEADER)
                return read_json(response, MAX_ANSWER_BYTES)
        except UnreadableAnswerError as error:
            raise TransientError(f"Django's answer to {path} is {error}") from error
        except requests.RequestException as error:
            raise TransientError(f"Django did not answer {path}: {type(error).__name__}") from error


def _check_status(response: requests.Response, path: str) -> None:
    status = response.status_code
    if status == 200:
        return
    message = f"Django answered {path} with HTTP {status}"
    if status in {401, 403}:
        raise AccessError(message)
    if status in TRANSIENT_STATUSES or status >= 500:
        wait = response.headers.get("Retry-After", "")
        raise PatienceError(message, float(wait)) if wait.isdecimal() else TransientError(message)
    if status == NOT_FOUND:
        raise UnknownCallError(message)
    raise RefusedError(message) if status in REFUSED_STATUSES else PermanentError(message)


def _set_back(answer: Any) -> PermanentError:
    told = answer.get("set_back") if isinstance(answer, dict) else None
    reason = told.get("reason") if isinstance(told, dict) else None
    return SetBackError(reason) if isinstance(reason, str) else PermanentError("Django answered HTTP 409")


def _seen(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "version": WIRE_VERSION,
        "read_time": snapshot.read_time,
        "epoch": _epoch(snapshot.epoch),
    }


def _epoch(carried: Epoch | None) -> dict[str, Any] | None:
    return None if carried is None else {"line": carried.line, "number": carried.number}


def _results(answer: Any) -> dict[str, Any]:
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, dict):
        raise TransientError("Django's answer has no results")
    return results


def _parse(shape: type[Answer], answer: Any) -> Answer:
    try:
        return shape.model_validate(answer)
    except ValidationError as error:
        raise TransientError(f"Django's answer makes no sense: {error.error_count()} errors") from error
