"""Cloud Scheduler v1: the jobs, which the world's scheduler runs at their times, and running one now."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import available_timezones

from croniter import croniter

from local.google.frame import places
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now
from local.google.frame.pages import page
from local.google.frame.policy_checks import require_account, require_act_as
from local.resource_store import Record
from local.services.google_errors import CODES, STATUS_NAMES, already_exists, invalid
from local.services.internal_network import internal_client
from local.services.job_runner import ATTEMPTS, DEFAULT_DEADLINE, JOBS, JobRunner
from local.services.job_schedule import ENABLED, next_time, seconds
from local.world import World

API = Api("cloudscheduler.v1")
COLLECTION = "projects.locations.jobs"
JOB_ID = re.compile(r"[a-zA-Z0-9_-]{1,500}")
CRON_FIELDS = 5
SHORTEST_DEADLINE, LONGEST_DEADLINE = 15, 30 * 60
"""Seconds that the target of an HTTP job may have."""
MOST_RETRIES = 5
UNKNOWN = 2
DEFAULTS: Body = {"timeZone": "Etc/UTC", "attemptDeadline": DEFAULT_DEADLINE}
RETRIES: Body = {
    "maxRetryDuration": "0s",
    "minBackoffDuration": "5s",
    "maxBackoffDuration": "3600s",
    "maxDoublings": 5,
}


@API.serves(f"{COLLECTION}.create")
def create(call: Call) -> Body:
    """Make a job. It is due at its next time."""
    name, parent = str(call.body.get("name", "")), call.given["parent"]
    if not name.startswith(f"{parent}/jobs/") or not JOB_ID.fullmatch(name.rsplit("/", 1)[-1]):
        raise invalid(f"Job name must be formatted: {parent}/jobs/JOB_ID, and JOB_ID match {JOB_ID.pattern}.")
    if call.store.get(JOBS, name):
        raise already_exists(f"Job {name} already exists.")
    return _kept(call, Record(JOBS, name, {**call.body, "state": ENABLED}))


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One job, with its last attempt."""
    return _shown(call, call.record(JOBS, call.given["name"]))


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The jobs of a location."""
    within = call.within(JOBS, call.given["parent"])
    return page((_shown(call, each) for each in within), "jobs", call.given)


@API.serves(f"{COLLECTION}.patch")
def patch(call: Call) -> Body:
    """Change a job by a mask. Whether it is paused stays."""
    before = call.record(JOBS, call.given["name"])
    return _kept(
        call, Record(JOBS, before.name, call.updated(before.resource, "name", "state"), before.status)
    )


@API.serves(f"{COLLECTION}.delete")
def delete(call: Call) -> Body:
    """Delete a job and what is known of its attempts."""
    record = call.record(JOBS, call.given["name"])
    call.store.delete(JOBS, record.name)
    call.store.delete(ATTEMPTS, record.name)
    return {}


@API.serves(f"{COLLECTION}.pause")
def pause(call: Call) -> Body:
    """Let a job rest."""
    return _put_state(call, "PAUSED")


@API.serves(f"{COLLECTION}.resume", permission="cloudscheduler.jobs.enable")
def resume(call: Call) -> Body:
    """Let a job run again."""
    return _put_state(call, ENABLED)


@API.serves(f"{COLLECTION}.run")
def run(call: Call) -> Body:
    """Start a job now; the answer does not wait for its end."""
    record = call.record(JOBS, call.given["name"])
    threading.Thread(target=_run_now, args=(call.world, record), daemon=True).start()
    return _shown(call, record)


API.serves("projects.locations.get")(places.place)
API.serves("projects.locations.list")(places.places)


def _run_now(world: World, job: Record) -> None:
    async def attempt() -> None:
        async with internal_client(world) as client:
            await JobRunner(world, client).run(job, datetime.now(UTC))

    asyncio.run(attempt())


def _put_state(call: Call, state: str) -> Body:
    before = call.record(JOBS, call.given["name"])
    record = Record(JOBS, before.name, {**before.resource, "state": state}, before.status)
    call.store.put(record)
    return _shown(call, record)


def _kept(call: Call, record: Record) -> Body:
    """Keep a job with Google's defaults. Raises GoogleError 400 if Google would refuse it."""
    given = record.resource
    retries = {"retryConfig": {**RETRIES, **given["retryConfig"]}} if given.get("retryConfig") else {}
    job = {**DEFAULTS, **given, **retries}
    if found := list(problems(job)):
        raise invalid("; ".join(found))
    for token in ("oidcToken", "oauthToken"):
        if account := job["httpTarget"].get(token, {}).get("serviceAccountEmail"):
            require_act_as(call, account)
            require_account(call, account)
    record = Record(JOBS, record.name, job, {**record.status, "changed": now()})
    call.store.put(record)
    return _shown(call, record)


def problems(job: Body) -> Iterator[str]:
    """What Google would refuse in a job, and targets that the world has no way to call."""
    schedule, zone = str(job.get("schedule", "")), job.get("timeZone", DEFAULTS["timeZone"])
    if len(schedule.split()) != CRON_FIELDS or not croniter.is_valid(schedule):
        yield f"Schedule {schedule!r} is not a valid unix-cron expression"
    if zone not in available_timezones():
        yield f"Time zone {zone!r} is not in the tz database"
    if "httpTarget" not in job:
        yield "the one-machine world fires jobs with an HTTP target only"
    if not SHORTEST_DEADLINE <= seconds(job.get("attemptDeadline", DEFAULT_DEADLINE)) <= LONGEST_DEADLINE:
        yield f"attemptDeadline must be between {SHORTEST_DEADLINE}s and {LONGEST_DEADLINE}s"
    if not 0 <= job.get("retryConfig", {}).get("retryCount", 0) <= MOST_RETRIES:
        yield f"retryCount must be between 0 and {MOST_RETRIES}"


def _shown(call: Call, job: Record) -> Body:
    changed = {"userUpdateTime": job.status["changed"]} if "changed" in job.status else {}
    shown = {**job.resource, "name": job.name, **changed}
    if shown.get("state", ENABLED) == ENABLED:
        shown["scheduleTime"] = next_time(shown, datetime.now(UTC)).astimezone(UTC).isoformat()
    attempt = call.store.get(ATTEMPTS, job.name)
    if attempt is None:
        return shown
    outcome = str(attempt.status["outcome"])
    return {**shown, "lastAttemptTime": attempt.status["lastAttemptTime"], "status": _status(outcome)}


def _status(outcome: str) -> Body:
    """The attempt's end as google.rpc.Status, which is empty if all went well."""
    if outcome == "OK":
        return {}
    kind, _, rest = outcome.partition(" ")
    name = STATUS_NAMES.get(int(rest), "") if kind == "HTTP" else kind.removesuffix(":")
    return {"code": CODES.get(name, UNKNOWN), "message": outcome}
