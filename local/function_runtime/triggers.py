"""The Eventarc trigger of a function: its record, by which events are delivered, and its registration."""

from __future__ import annotations

from contextlib import suppress

import httpx

from local.resource_store import Record, ResourceStore
from local.services.event_triggers import TRIGGERS, Trigger
from local.services.google_errors import invalid
from local.world import World

PATIENCE_SECONDS = 10


def declare(world: World, record: Record) -> None:
    """Record the trigger and register it at once, so that no later document is missed."""
    ResourceStore(world).put(record)
    # If the emulator does not run yet, Eventarc's stand-in registers the trigger later.
    with suppress(httpx.TransportError):
        _register(world, Trigger.of(record))


def remove(world: World, name: str) -> None:
    """Remove the trigger. Events that the emulator still sends for it are dropped."""
    ResourceStore(world).delete(TRIGGERS, name)


def _register(world: World, trigger: Trigger) -> None:
    url = f"{world.url('firestore')}/emulator/v1/projects/{world.project}/eventarcTrigger"
    answer = httpx.post(
        url,
        params={"eventarcTriggerId": trigger.id},
        json=trigger.registration(),
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    )
    if answer.is_error:
        raise invalid(f"the Firestore emulator refuses the trigger {trigger.id}: {answer.text}")
