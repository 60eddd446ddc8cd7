"""Releases security rules through the Firebase Rules API, v1, without a moment in which none are in force.

Pulumi's provider deletes a release and creates it again whenever its rules change, and cannot adopt one.
The API itself can give an existing release another ruleset, which is what happens here.
https://firebase.google.com/docs/reference/rules/rest
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.google_apis.session import GoogleApiError, Session
from infra.google_apis.waiting import Report

KEPT_RULESETS = 20
"""How many of the newest rulesets stay that no release uses; Google allows a project 2,500 in all."""
SERVICE = "cloud.firestore"
CONFLICT = 409
PAGE_SIZE = 100


@dataclass(frozen=True)
class Rules:
    """The text of a rules file, under the file's name."""

    file: str
    content: str

    @property
    def source(self) -> dict[str, Any]:
        """The rules as the API takes them."""
        return {"files": [{"name": self.file, "content": self.content}]}


class RulesApi:
    """The rulesets and releases of one project. Names of rulesets are full, those of releases are not."""

    def __init__(self, session: Session, base_url: str, project: str) -> None:
        self._session = session
        self._root = f"{base_url}/v1"
        self._project = f"projects/{project}"

    def ruleset_of(self, release: str) -> str | None:
        """The ruleset in force; None if there is no such release."""
        found = self._session.find(f"{self._root}/{self._release(release)}")
        return str(found["rulesetName"]) if found else None

    def content_of(self, ruleset: str) -> str | None:
        """The text of a ruleset of one file; None if the ruleset is gone or has other files."""
        found = self._session.find(f"{self._root}/{ruleset}") or {}
        files = found.get("source", {}).get("files", [])
        return str(files[0]["content"]) if len(files) == 1 else None

    def create_ruleset(self, rules: Rules) -> str:
        """Store rules, which Google compiles; the new ruleset's name."""
        url = f"{self._root}/{self._project}/rulesets"
        return str(self._session.call("POST", url, json={"source": rules.source})["name"])

    def put_into_force(self, release: str, ruleset: str, *, exists: bool) -> None:
        """Give an existing release another ruleset, or create the release."""
        body = {"name": self._release(release), "rulesetName": ruleset}
        if not exists and self._created(body):
            return
        url = f"{self._root}/{self._release(release)}"
        self._session.call("PATCH", url, json={"release": body, "updateMask": "rulesetName"})

    def rulesets(self) -> Iterator[dict[str, Any]]:
        """All rulesets of Firestore, without their text."""
        for ruleset in self._pages("rulesets"):
            if ruleset.get("metadata", {}).get("services", [SERVICE]) == [SERVICE]:
                yield ruleset

    def released(self) -> set[str]:
        """The rulesets that some release uses."""
        return {str(release["rulesetName"]) for release in self._pages("releases")}

    def delete_ruleset(self, ruleset: str) -> None:
        """Delete a ruleset that no release uses."""
        self._session.request("DELETE", f"{self._root}/{ruleset}")

    def _created(self, body: dict[str, str]) -> bool:
        """Whether the release was created; somebody else may have been quicker."""
        try:
            self._session.call("POST", f"{self._root}/{self._project}/releases", json=body)
        except GoogleApiError as error:
            if error.status != CONFLICT:
                raise
            return False
        return True

    def _release(self, release: str) -> str:
        return f"{self._project}/releases/{release}"

    def _pages(self, collection: str) -> Iterator[dict[str, Any]]:
        parameters: dict[str, Any] = {"pageSize": PAGE_SIZE}
        while True:
            url = f"{self._root}/{self._project}/{collection}"
            page = self._session.call("GET", url, params=parameters)
            yield from page.get(collection, [])
            if not page.get("nextPageToken"):
                return
            parameters["pageToken"] = page["nextPageToken"]


def release_rules(api: RulesApi, release: str, rules: Rules, report: Report) -> None:
    """Put the rules into force. Until the one call that does it, those before them are in force."""
    before = api.ruleset_of(release)
    if before and api.content_of(before) == rules.content:
        report(f"{release}: these rules are in force already")
        return
    ruleset = api.create_ruleset(rules)
    api.put_into_force(release, ruleset, exists=before is not None)
    now = api.ruleset_of(release)
    if now != ruleset:
        raise GoogleApiError(f"{release}: {now} is in force, though {ruleset} was released")
    report(f"{release}: {ruleset} is in force" + (f", after {before}" if before else ""))


def thin_rulesets(api: RulesApi, report: Report) -> None:
    """Delete old rulesets that no release uses. A failure is told only: the rules are in force."""
    try:
        newest_first = sorted(api.rulesets(), key=lambda each: str(each["createTime"]), reverse=True)
        used = api.released()
        unused = [str(each["name"]) for each in newest_first if each["name"] not in used]
        for ruleset in unused[KEPT_RULESETS:]:
            api.delete_ruleset(ruleset)
            report(f"{ruleset} deleted, which no release used")
    except GoogleApiError as error:
        report(f"old rulesets stay for now: {error}")
