"""What is held, as an operator sees and decides it, by the account that is theirs alone.

The operator's own Google identity gets an identity token of that account, if the stack's settings name them;
the account may call this one function. So the function's log and the record name the operator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from deploy.cloud.identity import email_of, signed_in
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import DecisionSettings, Stack

FUNCTION = "operatordecision"
SECONDS = 560.0
"""The cloud ends a run after 540."""


@dataclass(frozen=True)
class HeldRuns:
    """The question that waits, if there is one, and the answer to it."""

    url: str
    token: str
    transport: httpx.BaseTransport | None = None

    def waiting(self) -> dict[str, Any] | None:
        """Who would be deleted, with the question's id and hash. Raises DeployError."""
        found: dict[str, Any] | None = self._call("GET", None)["waiting"]
        return found

    def decide(self, run: dict[str, Any], decision: str) -> dict[str, Any]:
        """Answer exactly this question. Raises DeployError, with the reason if the answer does not count."""
        return self._call("POST", {"id": run["id"], "hash": run["hash"], "decision": decision})

    def after_restore(self, store: str) -> dict[str, Any]:
        """Say which store was set back; what the run did. Raises DeployError, with the reason."""
        return self._call("POST", {"restored": store})

    def _call(self, method: str, body: dict[str, Any] | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        return _asked(method, self.url, headers, body, self.transport)


def held_runs_of(stack: Stack, transport: httpx.BaseTransport | None = None) -> HeldRuns:
    """As the person at this machine. Raises DeployError if the stack does not name them."""
    settings = stack.decisions
    if settings is None or not settings.operators:
        raise DeployError("the stack names no operators: `ekklesia:operators` (docs/production.md)")
    bearer, name = _bearer_and_name(settings, transport)
    account = f"operator-{name}@{stack.project}.iam.gserviceaccount.com"
    address = f"{settings.iam_credentials}/v1/projects/-/serviceAccounts/{account}:generateIdToken"
    url = f"{settings.functions}/{FUNCTION}"
    wanted = {"audience": url, "includeEmail": True}
    answer = _asked("POST", address, {"Authorization": f"Bearer {bearer}"}, wanted, transport)
    return HeldRuns(url, str(answer["token"]), transport)


def _bearer_and_name(settings: DecisionSettings, transport: httpx.BaseTransport | None) -> tuple[str, str]:
    """The person's access token, and the name that the settings give them."""
    if settings.access_token:
        return settings.access_token, min(settings.operators)
    bearer = str(signed_in().token)
    email = email_of(bearer, transport)
    for name, address in settings.operators.items():
        if address == email:
            return bearer, name
    raise DeployError(f"{email} is none of the stack's operators: {', '.join(sorted(settings.operators))}")


def _asked(
    method: str,
    url: str,
    headers: dict[str, str],
    body: dict[str, Any] | None,
    transport: httpx.BaseTransport | None,
) -> dict[str, Any]:
    with httpx.Client(transport=transport, timeout=SECONDS) as client:
        try:
            answer = client.request(method, url, headers=headers, json=body)
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DeployError(f"Google did not answer: {type(error).__name__}") from error
    if not answer.is_success or not isinstance(told, dict):
        reason = told.get("message") if isinstance(told, dict) else None
        raise DeployError(f"refused with HTTP {answer.status_code}: {reason or 'you may not do this'}")
    return told
