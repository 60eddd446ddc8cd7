"""Runs a full sync as a person does it in production: by running the scheduler's daily job."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from infra.names import DAILY_JOB
from local.firestore_client import firestore_client
from local.resource_store import ResourceStore
from local.services.job_runner import ATTEMPTS
from local.steps import Say
from local.world import World, WorldError

PATIENCE_SECONDS = 600.0
"""The deadline of the daily job."""
PAUSE_SECONDS = 0.5
SYNC_LOGS = "sync_logs"
SUCCESS = "success"
MEMBERS = "members"


@dataclass(frozen=True)
class SyncResult:
    """The result of a full run, read from its document in /sync_logs."""

    status: str
    seconds: float
    written_to_firestore: int
    written_to_django: int
    failed: int
    members: int
    """Members in Firestore after the run. A nudge or a sweep may have written some of them meanwhile."""

    def __str__(self) -> str:
        """One line for the person who is waiting."""
        return (
            f"{self.members} members in Firestore; {self.status} in {self.seconds:.1f} s:"
            f" {self.written_to_firestore} written there, {self.written_to_django} to PostgreSQL,"
            f" {self.failed} failed"
        )


def run_full(world: World, say: Say) -> SyncResult:
    """Run the daily job and wait for its end. Raises WorldError if it fails or does not end."""
    client = firestore_client(world)
    began = datetime.now(UTC)
    _run_job(world)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (log := _log_since(client, began)):
        if outcome := _failure_since(world, began):
            raise WorldError(f"the full sync failed: {outcome}; see `make logs`")
        if time.monotonic() > deadline:
            raise WorldError(f"the full sync has not ended after {PATIENCE_SECONDS:.0f} s; see `make logs`")
        say(f"{count_members(client)} members in Firestore")
        time.sleep(PAUSE_SECONDS)
    if log["status"] != SUCCESS:
        raise WorldError(f"the full sync ended as {log['status']}: {log.get('error') or 'see /sync_logs'}")
    return _result(log, count_members(client))


def has_run(world: World) -> bool:
    """Whether a full run has ever succeeded in this world."""
    full = firestore_client(world).collection(SYNC_LOGS).where(filter=FieldFilter("mode", "==", "full"))
    return any((log.to_dict() or {}).get("status") == SUCCESS for log in full.stream())


def count_members(client: firestore.Client) -> int:
    """The number of member documents."""
    count = client.collection(MEMBERS).count().get()
    return int(count[0][0].value)


def _run_job(world: World) -> None:
    job = f"projects/{world.project}/locations/{world.region}/jobs/{DAILY_JOB}"
    url = f"{world.url('googleapis')}/cloudscheduler/v1/{job}:run"
    answer = httpx.post(url, json={}, headers={"Authorization": "Bearer owner"}, timeout=30)
    if answer.is_error:
        raise WorldError(f"the scheduler does not run {DAILY_JOB}: {answer.text}")


def _log_since(client: firestore.Client, began: datetime) -> dict[str, Any] | None:
    """The log of the newest full run, if the run began after that time."""
    newest = client.collection(SYNC_LOGS).order_by("started_at", direction="DESCENDING").limit(5).stream()
    logs = [document.to_dict() or {} for document in newest]
    full = (log for log in logs if log["mode"] == "full")
    return next((log for log in full if datetime.fromisoformat(log["started_at"]) >= began), None)


def _failure_since(world: World, began: datetime) -> str | None:
    """The error of the job's last attempt, if that failed after that time."""
    job = f"projects/{world.project}/locations/{world.region}/jobs/{DAILY_JOB}"
    attempt = ResourceStore(world).get(ATTEMPTS, job)
    if not attempt or datetime.fromisoformat(attempt.status["lastAttemptTime"]) < began:
        return None
    outcome = str(attempt.status["outcome"])
    return None if outcome == "OK" else outcome


def _result(log: dict[str, Any], members: int) -> SyncResult:
    inbound, outbound = log["firestore_to_django"], log["django_to_firestore"]
    return SyncResult(
        status=log["status"],
        seconds=log["duration_seconds"],
        written_to_firestore=outbound["written"],
        written_to_django=inbound["written"],
        failed=inbound["failed"] + outbound["failed"],
        members=members,
    )
