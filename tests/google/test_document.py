"""`docs/google-apis.md` lists what is served."""

from __future__ import annotations

from tools import google_apis


def test_the_page_is_what_is_served() -> None:
    assert google_apis.DOCUMENT.read_text() == google_apis.text(), "run `make googleapis`"
