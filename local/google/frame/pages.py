"""Lists in pages. A page token is the name of the last item before the page, so it outlives changes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any

from local.services.google_errors import GoogleError

Body = dict[str, Any]
LARGEST = 1000


def page(
    items: Iterable[Body],
    field: str,
    given: Body,
    name: Callable[[Body], str] = lambda item: item["name"],
    *,
    is_falling: bool = False,
) -> Body:
    """One page of the items, under the list's `field`, with the token of the next page if there is one.

    `given` are the call's parameters: `pageSize` or `maxResults`, and `pageToken`. The items are ordered by
    `name`, which may be another key than the name; `is_falling` puts the greatest first.
    """
    after = _decoded(given.get("pageToken", ""))
    ordered = sorted(items, key=name, reverse=is_falling)
    rest = [
        item for item in ordered if not after or (name(item) < after if is_falling else name(item) > after)
    ]
    size = min(int(given.get("pageSize") or given.get("maxResults") or 0) or LARGEST, LARGEST)
    shown = rest[:size]
    token = {"nextPageToken": _encoded(name(shown[-1]))} if len(rest) > size else {}
    return {field: shown, **token} if shown else {}


def _encoded(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _decoded(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise GoogleError(400, "Invalid page token.") from error
