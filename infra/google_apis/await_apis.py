"""`python -m infra.google_apis.await_apis`: waits until every enabled API answers.

Google enables an API at once and lets it answer a little later, and a resource that is asked for in between
fails. Each API is asked for something small; whatever it answers, it is there, unless it says it is disabled.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from infra.google_apis import command
from infra.google_apis.session import DISABLED, GoogleApiError, Session
from infra.google_apis.waiting import Report, wait_until_works

PATIENCE_SECONDS = 600.0


class Told(command.Told):
    """What the program tells the command."""

    questions: Mapping[str, str]
    """API → the URL of a small question."""


def run(told: Told, session: Session, report: Report) -> None:
    """Wait for all of them."""
    missing = dict(told.questions)

    def why_not() -> str | None:
        for api, url in list(missing.items()):
            if _answers(session, url):
                del missing[api]
        return f"{', '.join(missing)} disabled as yet" if missing else None

    wait_until_works(why_not, PATIENCE_SECONDS, report)
    report(f"{len(told.questions)} APIs answer")


def _answers(session: Session, url: str) -> bool:
    try:
        session.request("GET", url)
    except GoogleApiError as error:
        if not error.status:
            raise
        return error.reason != DISABLED
    return True


if __name__ == "__main__":
    sys.exit(command.main("await_apis", Told, run))
