"""Sends what is due, until it is told to stop. There is one worker; it uses several connections.

A delivery is claimed, and that is committed, before its text is handed over. So a worker that is killed
leaves it `sending`, and the next worker calls it unknown.
"""

import logging
import random
import threading
from concurrent.futures import ThreadPoolExecutor, wait

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from communication import audience, deliveries, message
from communication.models import Delivery
from communication.pace import Pace, left_today
from communication.rendering import Rendering
from communication.smtp_session import (
    TIMEOUT,
    LostError,
    NoServerError,
    NotReachedError,
    RefusedError,
    Session,
)

log = logging.getLogger(__name__)

LOCK = 0x6D61696C
"""Of PostgreSQL's advisory locks: held by the worker as long as it lives."""
BATCH = 100
PAUSE = 2.0
"""Seconds between two looks for work."""
FIRST_RETRY, LONGEST_RETRY = 60, 4 * 3600
ATTEMPTS = 12
"""About a day, with the waits above."""
UNREACHED = 30
"""Seconds until somebody tries again who met no server; for the letter that does not count as an attempt."""
LOST_AFTER = 2 * TIMEOUT
INTERRUPTED = "the worker ended while it was being sent"


class AnotherWorkerError(Exception):
    """Somebody else sends already."""


class Worker:
    """`mail`: the settings of the mail server (`settings.MAIL`)."""

    def __init__(self, mail):
        self._mail = mail
        self._stopping = threading.Event()
        self._unreached = threading.Event()
        self._pace = Pace(mail["per_minute"])
        self._own = threading.local()
        self._sessions = []
        self._locked = None
        """The connection to the database that holds the lock."""

    def stop(self):
        """End after the letters that are being sent at this moment."""
        self._stopping.set()

    def run(self, until_done=False):
        """Send what is due; with `until_done`, only until nothing is due. Raises AnotherWorkerError."""
        with ThreadPoolExecutor(self._mail["connections"]) as pool:
            while not self._stopping.is_set():
                if self._round_in_order(pool):
                    continue
                self._hang_up()
                if until_done and not deliveries.due(1):
                    break
                self._stopping.wait(UNREACHED if self._unreached.is_set() else PAUSE)
            self._hang_up()

    def _round_in_order(self, pool):
        """A round; if the database does not answer, the lock is taken again before the next one."""
        try:
            self._be_alone()
            return self._round(pool)
        except (OperationalError, InterfaceError) as error:
            log.warning("the database does not answer: %s", type(error).__name__)
            connection.close()
            return False

    def _be_alone(self):
        """Hold the lock, and say of each delivery whose worker ended that its fate is unknown."""
        if self._locked is not None and self._locked is connection.connection:
            deliveries.give_up_interrupted(INTERRUPTED, older_than=LOST_AFTER)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise AnotherWorkerError
        number = deliveries.give_up_interrupted(INTERRUPTED)
        if number:
            log.warning("it is not known whether %d letters arrived: %s", number, INTERRUPTED)
        self._locked = connection.connection

    def _round(self, pool):
        """Send one batch; whether it is worth looking for more at once."""
        left = left_today(self._mail["per_day"])
        batch = deliveries.due(BATCH if left is None else min(BATCH, left))
        renderings = {letter.pk: Rendering(letter) for letter in {row.letter for row in batch}}
        self._unreached.clear()
        tasks = [pool.submit(self._task, row, renderings[row.letter_id]) for row in batch]
        wait(tasks)
        for task in tasks:
            task.result()
        return bool(batch) and not self._unreached.is_set()

    def _task(self, delivery, rendering):
        """One delivery, in a thread of the pool. Without a server the rest of the batch waits.

        It is read again, for its turn may come long after the batch was read.
        """
        self._pace.wait(self._stopping)
        if self._stopping.is_set() or self._unreached.is_set():
            return
        try:
            current = deliveries.pending_now(delivery)
            if current is not None:
                self._send(current, rendering)
        except (OperationalError, InterfaceError):
            # Perhaps between offer and text, where a server would refuse the next offer.
            self._session().close()
            raise
        finally:
            close_old_connections()

    def _send(self, delivery, rendering):
        session = self._session()
        try:
            written_to = _address(delivery)
            address = message.envelope_address(written_to)
            content = message.build(rendering, delivery, written_to)
        except ValueError as reason:
            deliveries.fail(delivery, Delivery.PENDING, str(reason))
            return
        try:
            session.offer(self._mail["sender"], address)
            if deliveries.claim(delivery, written_to):
                self._hand_over(delivery, session, content)
            else:
                session.take_back()
        except RefusedError as refused:
            self._not_taken(delivery, Delivery.PENDING, str(refused), refused.permanent)
        except NotReachedError as reason:
            self._not_reached(delivery, Delivery.PENDING, reason)

    def _hand_over(self, delivery, session, content):
        """What is claimed ends in a state that says how it went."""
        try:
            deliveries.settle(delivery, Delivery.SENT, session.hand_over(content))
        except RefusedError as refused:
            self._not_taken(delivery, Delivery.SENDING, str(refused), refused.permanent)
        except NotReachedError as reason:
            self._not_reached(delivery, Delivery.SENDING, reason)
        except LostError as reason:
            deliveries.settle(delivery, Delivery.UNKNOWN, str(reason))

    def _not_taken(self, delivery, before, reason, permanent=False):
        """For good by 5xx, or after many tries; else it is tried later, after ever longer waits."""
        attempts = delivery.attempts + 1
        if permanent or attempts >= ATTEMPTS:
            deliveries.fail(delivery, before, reason)
            return
        seconds = min(FIRST_RETRY * 2 ** (attempts - 1), LONGEST_RETRY)
        jitter = random.uniform(0.5, 1)  # noqa: S311  # nosec B311
        deliveries.put_off(delivery, before, seconds * jitter, reason, attempts)

    def _not_reached(self, delivery, before, reason):
        """A server that always hangs up on this recipient is a refusal; one that is not there is none."""
        if not isinstance(reason, NoServerError):
            self._not_taken(delivery, before, str(reason))
            return
        self._unreached.set()
        deliveries.put_off(delivery, before, UNREACHED, str(reason), delivery.attempts)

    def _session(self):
        if not hasattr(self._own, "session"):
            self._own.session = Session(self._mail)
            self._sessions.append(self._own.session)
        return self._own.session

    def _hang_up(self):
        """End the connections while there is nothing to send; no thread is at work then."""
        for session in self._sessions:
            session.close()


def _address(delivery):
    """Where the member is written to now. Raises AddressError if they may not be any more."""
    comrade = delivery.comrade
    if not audience.may_still_get(delivery.letter, comrade):
        raise message.AddressError("does not want to be reached any more")
    address = getattr(getattr(comrade, "contact_info", None), "email", "")
    if not address:
        raise message.AddressError("has no address any more")
    return address
