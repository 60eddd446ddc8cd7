"""`python -m infra.google_apis.release_rules`: the command by which `pulumi up` puts rules into force.

Reads `{"rulesApi", "project", "release", "file", "content"}` as JSON on standard input.
"""

from __future__ import annotations

import sys

from infra.google_apis import command
from infra.google_apis.rules import Rules, RulesApi, release_rules, thin_rulesets
from infra.google_apis.session import Session
from infra.google_apis.waiting import Report


class Told(command.Told):
    """What the program tells the command."""

    rules_api: str
    release: str
    file: str
    content: str


def run(told: Told, session: Session, report: Report) -> None:
    """Release the rules, then remove old ones."""
    api = RulesApi(session, told.rules_api, told.project)
    release_rules(api, told.release, Rules(told.file, told.content), report)
    thin_rulesets(api, report)


if __name__ == "__main__":
    sys.exit(command.main("release_rules", Told, run))
