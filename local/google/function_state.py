"""What Cloud Functions tells of a function: its state, its place, and Google's defaults.

The state follows from what is there: a function with a service is ACTIVE, one without is FAILED, and one that
an operation of this process changes is DEPLOYING. So a restart leaves none in a state that never ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from local.function_runtime import builds, revisions
from local.google.frame.call import Body, Call, times_of
from local.google.function_service import DEFAULTS, service_name, service_of, triggers_of
from local.resource_store import Record
from local.services.buckets import object_path
from local.services.google_errors import GoogleError
from local.services.stored_objects import generation_of

ACTIVE, FAILED, DEPLOYING = "ACTIVE", "FAILED", "DEPLOYING"
_taking = threading.Lock()
_taken: set[str] = set()
"""The functions that an operation of this process changes."""


@contextmanager
def taking(name: str) -> Iterator[None]:
    """Take a function for one operation, which ends with `leave`, or with the block if that fails.

    Raises GoogleError 409 if another operation has it.
    """
    with _taking:
        if name in _taken:
            raise GoogleError(409, "unable to queue the operation")
        _taken.add(name)
    try:
        yield
    except BaseException:
        leave(name)
        raise


def leave(name: str) -> None:
    """The operation has ended."""
    _taken.discard(name)


def shown(call: Call, record: Record) -> Body:
    """The function as Google answers it."""
    service = service_of(call, record.name)
    state = DEPLOYING if record.name in _taken else ACTIVE if service else FAILED
    function = record.resource
    event = {"eventTrigger": _event(call, record)} if "eventTrigger" in function else {}
    return {
        **function,
        "environment": "GEN_2",
        "state": state,
        **times_of(record),
        **_messages(call, record, state),
        "buildConfig": _build(call, record),
        "serviceConfig": _service(call, function, service),
        **event,
        **({"url": _url(call, record.name)} if service else {}),
    }


def _url(call: Call, name: str) -> str:
    return f"https://{call.world.region}-{call.project}.cloudfunctions.net/{name.rsplit('/', 1)[-1]}"


def _messages(call: Call, record: Record, state: str) -> Body:
    if state != FAILED:
        return {}
    lost = (
        f"Cloud Run service {service_name(call, record.name)} for the function was not found. The service "
        "was likely deleted or not available."
    )
    failure = record.status.get("message")
    kind, text = ("DeployFailed", failure) if failure else ("CloudRunServiceNotFound", lost)
    return {"stateMessages": [{"severity": "ERROR", "type": kind, "message": text}]}


def _build(call: Call, record: Record) -> Body:
    config = record.resource["buildConfig"]
    source = config["source"]["storageSource"]
    path = object_path(call.world, source["bucket"], source["object"])
    generation = {"generation": generation_of(path)} if path.is_file() else {}
    resolved = {"bucket": source["bucket"], "object": source["object"], **generation}
    return {
        "dockerRegistry": "ARTIFACT_REGISTRY",
        "dockerRepository": builds.default_repository(call.world),
        **config,
        "source": {"storageSource": {**generation, **source}},
        "sourceProvenance": {"resolvedStorageSource": resolved},
        **({"build": record.status["build"]} if "build" in record.status else {}),
    }


def _service(call: Call, function: Body, service: Record | None) -> Body:
    config = {**DEFAULTS, **function["serviceConfig"]}
    if service is None:
        return config
    # Cloud Run starts an instance when one is asked for; here it may have ended with the machine.
    with suppress(GoogleError):
        revisions.keep_running(call.world, service)
    place = {"service": service.name, "uri": service.status["uri"], "revision": service.status["live"]}
    return {**config, **place}


def _event(call: Call, record: Record) -> Body:
    known = triggers_of(call, record.name)
    trigger = {"trigger": known[0].name} if known else {}
    return {"triggerRegion": call.world.region, **record.resource["eventTrigger"], **trigger}
