"""The algorithm that this sync replaced: pages of 100 from Django, then one document at a time.

For comparison only. It is rewritten from a description, without base, precondition or queue, so it costs less
than the original did.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import requests
from google.cloud import firestore

from bench.rig import Rig

PAGE = 100


def copy(rig: Rig, client: firestore.Client, limit: int) -> float:
    """Copy the first `limit` members, one by one; members a second."""
    begin = time.perf_counter()
    count = 0
    for member in islice(_members(rig), limit):
        document = client.collection("replaced").document(member["ssn"])
        document.get()
        document.set(member)
        count += 1
    return count / (time.perf_counter() - begin)


def _members(rig: Rig) -> Iterator[dict[str, Any]]:
    session = requests.Session()
    session.headers.update(rig.django.headers_of_staff())
    page = 1
    while True:
        answer = session.get(
            f"{rig.django_url}/api/full/", params={"page": page, "page_size": PAGE}, timeout=60
        )
        answer.raise_for_status()
        body = answer.json()
        yield from body["results"]
        if not body["next"]:
            return
        page += 1
