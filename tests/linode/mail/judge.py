"""A mail server that judges: it refuses and drops as it is told, kills the worker, and counts what it was given.

aiosmtpd speaks SMTP here, so the worker meets another implementation than Python's client. What counts is what
a server has in hand: a text that came whole and was not refused is taken, whether or not the worker heard so.
"""

from __future__ import annotations

import os
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.linode.postgres import free_port

Mood = Callable[[str, int], str]
"""How a recipient is met: by the address, and how often it was offered before."""
WELL = "well"
REFUSALS = {
    "later": "450 4.2.0 try later",
    "never": "550 5.1.1 nobody has this address",
    "later-text": "451 4.3.0 try later",
    "never-text": "554 5.6.0 this text is refused",
}
DROPS = ("dropped-before", "dropped-at-text", "dropped-after")
MOODS = (*REFUSALS, *DROPS)


@dataclass
class Judge:
    """What the server was given, and when the worker is to be killed: after that many events of all, or texts.

    When a text was just taken and not answered yet, the worker that is killed had it `sending` for certain.
    """

    mood: Mood
    kill_at: list[int] = field(default_factory=list)
    kill_at_texts: list[int] = field(default_factory=list)
    """Both in their order. A moment at which no worker runs counts at the next one."""
    worker: int = 0
    """The worker's process."""
    port: int = field(default_factory=free_port)
    taken: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """Recipient → the texts that were taken for it."""
    events: int = 0
    texts: int = 0
    kills: int = 0
    moods: Counter[str] = field(default_factory=Counter)
    _offers: Counter[str] = field(default_factory=Counter)
    _met: dict[str, str] = field(default_factory=dict)

    def meet(self, address: str) -> str:
        """How this offer of a recipient is met; it stays so until the next offer."""
        mood = self.mood(address, self._offers[address])
        self._offers[address] += 1
        self._met[address] = mood
        self.moods[mood] += 1
        return mood

    def mood_of(self, envelope: Envelope) -> str:
        """How the recipient of this envelope is met now."""
        return self._met[envelope.rcpt_tos[0]]

    def event(self) -> None:
        """One step of a letter; perhaps the moment at which the worker is killed."""
        self.events += 1
        self._kill_if_due(self.kill_at, self.events)

    def text(self) -> None:
        """A text was taken and is not answered yet; perhaps the moment at which the worker is killed."""
        self.texts += 1
        self._kill_if_due(self.kill_at_texts, self.texts)
        self.event()

    def _kill_if_due(self, moments: list[int], count: int) -> None:
        if self.worker and moments and count >= moments[0]:
            moments.pop(0)
            self.kills += 1
            with suppress(ProcessLookupError):
                os.kill(self.worker, signal.SIGKILL)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, refuse it, or end the connection."""
        self.event()
        mood = self.meet(address)
        if mood == "dropped-before":
            _drop(server)
        if mood in ("later", "never"):
            return REFUSALS[mood]
        envelope.rcpt_tos.append(address)
        return "250 taken"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the text, refuse it, or take it and end the connection without a word."""
        mood = self.mood_of(envelope)
        if mood in REFUSALS:
            return REFUSALS[mood]
        content = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            self.taken[address].append(content)
        self.text()
        if mood == "dropped-after":
            _drop(server)
        return "250 taken"


class _Server(SMTP):
    """aiosmtpd's, with what it has no hook for: before the text, and after the answer to it."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        judge: Judge = self.event_handler
        if self.envelope and self.envelope.rcpt_tos:
            judge.event()
            if judge.mood_of(self.envelope) == "dropped-at-text":
                _drop(self)
                return
        await super().smtp_DATA(arg)
        judge.event()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def judging(judge: Judge) -> Iterator[Judge]:
    """The judge, listening on its port."""
    controller = _Controller(judge, hostname="127.0.0.1", port=judge.port)
    controller.start()
    try:
        yield judge
    finally:
        controller.stop()


def environment(judge: Judge, **more: str) -> dict[str, str]:
    """The settings with which Django sends by this server."""
    own = {
        "MAIL_HOST": "127.0.0.1",
        "MAIL_PORT": str(judge.port),
        "MAIL_TLS": "none",
        "MAIL_SENDER": "felag@example.is",
        "MAIL_SENDER_NAME": "Félagið",
        "MAIL_CONNECTIONS": "3",
        "HTTPS_PROXY": "",
    }
    return own | more


def _drop(server: Any) -> None:
    server.transport.abort()
