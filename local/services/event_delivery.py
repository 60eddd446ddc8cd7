"""Delivers the queue's events to their functions, several at once, and tries again later if that fails.

It does so as Eventarc does: through the front end, as the trigger's service account. It tries again with
increasing pauses for at most a day, and only if the trigger's policy is to retry.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from functools import partial

import httpx

from local.resource_store import ResourceStore
from local.services import iam
from local.services.event_queue import EventQueue, QueuedEvent
from local.services.event_triggers import TRIGGERS, Trigger
from local.services.functions import SERVICES
from local.services.identity_tokens import sign_identity
from local.services.signing_key import key_of
from local.world import World

PARALLEL = 8
ANSWER_SECONDS = 600.0
"""The longest time that a delivery waits for the function's answer."""
USER_AGENT = "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"
log = logging.getLogger("eventarc.delivery")


@dataclass(frozen=True)
class Backoff:
    """Pauses between attempts, in seconds, as Google documents them for functions that events trigger."""

    shortest: float = 10.0
    longest: float = 600.0
    give_up_after: float = 24 * 3600.0

    def pause(self, attempts: int) -> float:
        """The pause after that many failed attempts; the first is 1."""
        return float(min(self.longest, self.shortest * 2 ** (attempts - 1)))


class DeliveryError(Exception):
    """An event could not be delivered now; the message is the reason."""


class Delivery:
    """Delivers the queue's events until it is cancelled."""

    def __init__(
        self, world: World, queue: EventQueue, client: httpx.AsyncClient, backoff: Backoff | None = None
    ) -> None:
        self._world = world
        self._queue = queue
        self._client = client
        self._backoff = backoff or Backoff()
        self._store = ResourceStore(world)
        self._policies = iam.Policies(self._store)
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Wake the delivery, since the queue has a new event."""
        self._changed.set()

    async def run(self) -> None:
        """Deliver until cancelled. An event whose delivery is cancelled stays in the queue."""
        try:
            while True:
                self._changed.clear()
                pause = self._start_what_is_due()
                try:
                    await asyncio.wait_for(self._changed.wait(), pause)
                except TimeoutError:
                    continue
        finally:
            for task in self._under_way.values():
                task.cancel()

    def _start_what_is_due(self) -> float | None:
        """Start all deliveries that are due; return the seconds until the next one, None if there is none."""
        room = PARALLEL - len(self._under_way)
        now = time.time()
        for event in self._queue.first(room, frozenset(self._under_way)):
            if event.due > now:
                return event.due - now
            task = asyncio.create_task(self._handle(event))
            self._under_way[event.id] = task
            task.add_done_callback(partial(self._finished, event.id))
        return None

    def _finished(self, event_id: int, _task: asyncio.Task[None]) -> None:
        del self._under_way[event_id]
        self.wake()

    async def _handle(self, event: QueuedEvent) -> None:
        record = self._store.get(TRIGGERS, event.trigger)
        if record is None:
            log.info("dropped an event of %s, which is no longer declared", event.trigger)
            self._queue.remove(event)
            return
        trigger = Trigger.of(record)
        try:
            await self._deliver(event, trigger)
        except Exception as error:
            # After any error, the event leaves the queue or waits for its next attempt.
            self._failed(event, trigger, str(error) or type(error).__name__)
        else:
            self._queue.remove(event)

    async def _deliver(self, event: QueuedEvent, trigger: Trigger) -> None:
        member = f"serviceAccount:{trigger.service_account}"
        if not self._policies.may([member], iam.RECEIVE_EVENTS, trigger.service):
            raise DeliveryError(f"{trigger.service_account} lacks {iam.RECEIVE_EVENTS}")
        service = self._store.get(SERVICES, trigger.service)
        if service is None:
            raise DeliveryError(f"{trigger.service} does not exist")
        uri = str(service.status["uri"])
        token = sign_identity(key_of(self._world), trigger.service_account, uri)
        headers = event.headers | {"authorization": f"Bearer {token}", "user-agent": USER_AGENT}
        answer = await self._client.post(uri, content=event.body, headers=headers, timeout=ANSWER_SECONDS)
        if not answer.is_success:
            raise DeliveryError(f"{uri} answered {answer.status_code}")

    def _failed(self, event: QueuedEvent, trigger: Trigger, reason: str) -> None:
        attempts = event.attempts + 1
        pause = self._backoff.pause(attempts)
        if not trigger.retries or time.time() + pause > event.received + self._backoff.give_up_after:
            log.error("gave up event %s of %s: %s", event.headers["ce-id"], trigger.id, reason)
            self._queue.remove(event)
        else:
            log.warning(
                "event %s of %s again in %.0f s: %s", event.headers["ce-id"], trigger.id, pause, reason
            )
            self._queue.postpone(event, time.time() + pause)
