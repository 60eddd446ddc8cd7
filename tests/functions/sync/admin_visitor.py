"""Staff at the admin of the served site, by plain HTTP: pages, forms, actions."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urljoin

import httpx

from tests.functions.both_halves import Site

PASSWORD = "a-password-for-tests"
QUEUE = "/admin/sync/membersyncqueue/"
MAKE_CLERK = f"""
from django.contrib.auth import get_user_model
users = get_user_model().objects
users.filter(username="clerk").delete()
users.create_superuser("clerk", "clerk@example.is", "{PASSWORD}")
"""


class AdminVisitor:
    """Staff who are logged in."""

    def __init__(self, browser: httpx.Client) -> None:
        self._browser = browser

    def text_of(self, page: str) -> str:
        """What a page shows, without its tags."""
        answer = self._browser.get(page).raise_for_status()
        return html.unescape(re.sub(r"<[^>]*>", " ", answer.text))

    def act(self, page: str, action: str, rows: Sequence[str]) -> None:
        """Choose rows of a list, and what to do with them."""
        self.send(page, {"action": action, "_selected_action": list(rows)})

    def send(self, page: str, form: Mapping[str, str | list[str]]) -> None:
        """Fill in a form of a page that has been looked at."""
        self._browser.get(page).raise_for_status()
        token = {"csrfmiddlewaretoken": self._browser.cookies["csrftoken"]}
        self._browser.post(page, data={**form, **token}).raise_for_status()


@contextmanager
def logged_in(site: Site) -> Iterator[AdminVisitor]:
    """A new superuser at the admin, who reads English, for the length of a `with` block."""
    site.server.manage("shell", stdin=MAKE_CLERK)
    headers = {"Referer": site.base_url, "Accept-Language": "en"}
    with httpx.Client(
        base_url=urljoin(site.base_url, "/"), follow_redirects=True, headers=headers
    ) as browser:
        visitor = AdminVisitor(browser)
        visitor.send("/admin/login/", {"username": "clerk", "password": PASSWORD, "next": "/admin/"})
        yield visitor
