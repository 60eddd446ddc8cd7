"""Letters under bad luck: a worker that is killed, and a server that refuses and drops. Nobody gets one twice.

`make mail-storm N=2000 KILLS=5 SEED=1` runs it at any size. What happens follows from the seed.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.linode.django_server import BACKEND, DjangoServer
from tests.linode.mail.judge import MOODS, WELL, Judge, Mood, environment, judging
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.runtimes import CURRENT, Runtime

# Without functions and comprehensions: the shell of Django 2.2 runs it where these see none of its names.
PREPARE = """
from communication import audience
from communication.confirming import confirm
from communication.models import Audience, Email
from membership.models import Comrade, ContactInfo
members, contacts = [], []
for number in range({number}):
    members.append(Comrade(ssn="%010d" % (1010000000 + number), name="Þórdís %d" % number))
Comrade.objects.bulk_create(members)
for comrade in Comrade.objects.all():
    contacts.append(ContactInfo(comrade=comrade, email="m%s@example.is" % comrade.ssn))
ContactInfo.objects.bulk_create(contacts)
everyone = Audience.objects.create(name="allir")
letter = Email.objects.create(subject="Aðalfundur", body="Kæra {{nafn}}", audience=everyone)
confirm(letter, {number})
"""
STATES = """SELECT info.email, row.state FROM communication_delivery AS row
JOIN membership_contactinfo AS info ON info.comrade_id = row.comrade_id"""
MAKE_DUE = "UPDATE communication_delivery SET due_at = now() WHERE state = 'pending'"
MOST_WORKERS = 60
WORKER_SECONDS = 600
OPEN = ("pending", "sending")


@dataclass
class Outcome:
    """What the register says of each recipient, what the judge has of each, and what happened meanwhile."""

    states: dict[str, str]
    taken: dict[str, list[bytes]]
    moods: Counter[str]
    kills: int
    workers: int
    seconds: float
    broken: list[str] = field(default_factory=list)
    """Each broken promise, in words."""

    def __post_init__(self) -> None:
        self.broken = [
            f"{address}: {state}, but taken {count} times"
            for address, state in self.states.items()
            if not _holds(state, count := len(self.taken.get(address, ())))
        ]

    def summary(self) -> dict[str, object]:
        """The figures, for people and for JSON."""
        return {
            "letters": len(self.states),
            "states": dict(Counter(self.states.values())),
            "taken": sum(map(len, self.taken.values())),
            "twice": sum(len(texts) > 1 for texts in self.taken.values()),
            "kills": self.kills,
            "workers": self.workers,
            "moods": dict(self.moods),
            "seconds": round(self.seconds, 1),
            "broken": self.broken,
        }


def _holds(state: str, taken: int) -> bool:
    """Whether what the register says of a recipient is true of what the judge was given."""
    match state:
        case "sent":
            return taken == 1
        case "failed":
            return taken == 0
        case "unknown":
            return taken <= 1
        case _:
            return False


def unkind(seed: int, share: float) -> Mood:
    """A mood for each offer: well, or, for that share of them, one of the others."""

    def mood(address: str, offers: int) -> str:
        luck = random.Random(f"{seed} {address} {offers}")
        return luck.choice(MOODS) if luck.random() < share else WELL

    return mood


def storm(  # noqa: PLR0913 (all but one by name)
    postgres: Postgres,
    *,
    letters: int,
    kills: int,
    share: float,
    seed: int,
    runtime: Runtime = CURRENT,
    backend: Path = BACKEND,
) -> Outcome:
    """Confirm a letter to so many members and send it until nothing is left to do."""
    luck = random.Random(seed)
    # One kill for certain between text and answer. A letter that goes well has four events.
    texts = luck.sample(range(1, letters // 2), min(kills, 1))
    moments = luck.sample(range(4, 3 * letters), kills - len(texts))
    judge = Judge(unkind(seed, share), sorted(moments), sorted(texts))
    name = f"letters-{runtime.name}-{seed}-{letters}"
    site = DjangoServer(postgres.create_database(name), runtime, environment(judge), backend=backend)
    site.manage("migrate", "--verbosity", "0")
    site.manage("shell", "-c", PREPARE.format(number=letters))
    began = time.monotonic()
    with judging(judge):
        workers = _send_all(postgres, name, site, judge)
    rows = [line.split("|") for line in postgres.query(name, STATES).splitlines()]
    states = {address: state for address, state in rows}
    return Outcome(states, judge.taken, judge.moods, judge.kills, workers, time.monotonic() - began)


def _send_all(postgres: Postgres, name: str, site: DjangoServer, judge: Judge) -> int:
    """Start one worker after the other, for each that was killed and for what is tried later; how many."""
    for count in range(1, MOST_WORKERS + 1):
        postgres.query(name, MAKE_DUE)
        command = [str(site.runtime.executable), "manage.py", "send_letters", "--until-done"]
        with subprocess.Popen(
            command, cwd=site.backend, env=site.environment(), stderr=subprocess.DEVNULL
        ) as worker:
            judge.worker = worker.pid
            worker.wait(WORKER_SECONDS)
            judge.worker = 0
        states = Counter(line.split("|")[1] for line in postgres.query(name, STATES).splitlines())
        if not any(states[state] for state in OPEN):
            return count
    raise TimeoutError(f"{dict(states)} after {MOST_WORKERS} workers")


def main() -> int:
    """Run one storm and print its figures; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=2000, help="recipients (2000)")
    parser.add_argument("--kills", type=int, default=5, help="how often the worker is killed (5)")
    parser.add_argument("--share", type=float, default=0.03, help="of offers that go wrong (0.03)")
    parser.add_argument("--seed", type=int, default=1, help="what happens follows from it (1)")
    options = parser.parse_args()
    CURRENT.build()
    with running_postgres() as postgres:
        outcome = storm(postgres, **vars(options))
    print(json.dumps(outcome.summary(), indent=1, ensure_ascii=False))
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
