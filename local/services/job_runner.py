"""Runs one Cloud Scheduler job: sends its request as its service account, retries, and records the attempt.

The record of the last attempt (`cloudscheduler.attempts`) is apart from that of the job, which only the
program writes.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from local.resource_store import Record, ResourceStore
from local.services import iam
from local.services.identity_tokens import sign_identity
from local.services.job_schedule import Retries, seconds
from local.services.signing_key import key_of
from local.world import World

JOBS = "cloudscheduler.jobs"
ATTEMPTS = "cloudscheduler.attempts"
DEFAULT_DEADLINE = "180s"
log = logging.getLogger("scheduler")

Sleep = Callable[[float], Awaitable[None]]


class JobRunner:
    """Runs the jobs of one world."""

    def __init__(self, world: World, client: httpx.AsyncClient, sleep: Sleep = asyncio.sleep) -> None:
        self._world = world
        self._client = client
        self._sleep = sleep
        self._store = ResourceStore(world)
        self._policies = iam.Policies(self._store)

    async def run(self, job: Record, scheduled: datetime) -> str:
        """Try until the job succeeds or has no retries left; return the last outcome: `OK` or the reason."""
        outcome = await self._attempt(job, scheduled)
        for pause in Retries.of(job.resource.get("retryConfig", {})).pauses():
            if outcome == "OK":
                break
            await self._sleep(pause)
            outcome = await self._attempt(job, scheduled)
        return outcome

    async def _attempt(self, job: Record, scheduled: datetime) -> str:
        try:
            request = self._request(job, scheduled)
            deadline = seconds(job.resource.get("attemptDeadline", DEFAULT_DEADLINE))
            async with asyncio.timeout(deadline):
                answer = await self._client.send(request)
            outcome = "OK" if answer.is_success else f"HTTP {answer.status_code}"
        except TimeoutError:
            outcome = "DEADLINE_EXCEEDED"
        except PermissionError as error:
            outcome = f"PERMISSION_DENIED: {error}"
        except httpx.HTTPError as error:
            outcome = f"UNAVAILABLE: {error or type(error).__name__}"
        self._record(job, scheduled, outcome)
        return outcome

    def _request(self, job: Record, scheduled: datetime) -> httpx.Request:
        target = job.resource["httpTarget"]
        headers = {
            "User-Agent": "Google-Cloud-Scheduler",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": job.name.rpartition("/")[2],
            "X-CloudScheduler-ScheduleTime": scheduled.isoformat(),
            **target.get("headers", {}),
            **self._authorization(target),
        }
        return self._client.build_request(
            target.get("httpMethod", "POST"),
            target["uri"],
            headers=headers,
            content=base64.b64decode(target.get("body", "")),
            timeout=None,
        )

    def _authorization(self, target: dict[str, Any]) -> dict[str, str]:
        """The header with the account's token. Raises PermissionError if the account does not exist."""
        if "oidcToken" not in target:
            return {}
        email = target["oidcToken"]["serviceAccountEmail"]
        if not self._policies.service_account_exists(email):
            raise PermissionError(f"{email} does not exist")
        audience = target["oidcToken"].get("audience", target["uri"])
        return {"Authorization": f"Bearer {sign_identity(key_of(self._world), email, audience)}"}

    def _record(self, job: Record, scheduled: datetime, outcome: str) -> None:
        (log.info if outcome == "OK" else log.warning)("%s: %s", job.name.rpartition("/")[2], outcome)
        status = {
            "scheduleTime": scheduled.isoformat(),
            "lastAttemptTime": datetime.now(UTC).isoformat(),
            "outcome": outcome,
        }
        self._store.put(Record(ATTEMPTS, job.name, {}, status))
