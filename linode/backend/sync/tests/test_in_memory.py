"""The stores in memory, on which the proof runs, behave as the real ones: same steps, same state."""

import itertools
import random
import uuid
from unittest import mock

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import TransactionTestCase
from membership.models import Comrade
from merge_engine.acknowledgement import Acknowledgement, Failure, mark_synced
from merge_engine.batch import merge_batch
from merge_engine.deletion_guard import REASON
from merge_engine.verdict import Presented
from merge_engine.verdict_json import to_json

from sync.tests.places import JOINED, MEMBERS, InMemory, Real

WITH_DETAILS = MEMBERS[:3]
"""Only these get rows in other tables. To the trigger, the deletion of such a row is an edit of its own."""
SEEDS, LENGTH = range(4), 120
STEPS = ("staff", "staff", "cloud", "merge", "merge", "merge", "claim", "fail", "hold", "count", "pass")
STEPS += ("forget", "let_in")
PAUSE_SECONDS = 100
"""Longer than a lease, than a grace, and than the time in which a write may land."""
BACKOFF_SECONDS = 50
"""Of a member whose merge fails: long enough for no claim before time passes, be the machine ever so slow."""
MADE_UP = "made up"
NAMES, EMAILS = ("Jón", "Anna", "Sól"), ("a@example.is", "b@example.is", "no address")


class Cloud:
    """Documents as both stores are shown them: kennitala → (values or None, update time, operation)."""

    def __init__(self, chance):
        self.chance = chance
        self.clock = itertools.count(1000)
        self.documents = {}
        self.marks = {}
        """Kennitala → the erasure that the document says it is from after."""
        self.listed = {}

    def edit(self, kennitala):
        """Somebody writes a document, changes one, or removes it."""
        values, _, operation = self.documents.get(kennitala, (None, None, None))
        if values is not None and self.chance.random() < 0.2:
            values = operation = None
        else:
            made = {"kennitala": kennitala, "membership": {"joined": JOINED, "status": "active"}}
            values = dict(values or made, name=self.chance.choice(NAMES))
            if kennitala in WITH_DETAILS:
                values["profile"] = {"email": self.chance.choice(EMAILS)}
        self.documents[kennitala] = (values, next(self.clock), operation)

    def read(self, kennitala):
        """The document as a batch presents it."""
        values, time, operation = self.documents.get(kennitala, (None, None, None))
        listed, mark = self.listed.get(kennitala), self.marks.get(kennitala)
        if values is None:
            return Presented(kennitala, None, None, None, None, listed=listed)
        return Presented(kennitala, values, time, str(time), operation, erasure=mark, listed=listed)

    def take(self, kennitala, write):
        """A write lands; its update time (None if the write was a deletion)."""
        time = next(self.clock)
        for old in write["takes_over"]:
            self.documents.pop(old["kennitala"], None)
            self.marks.pop(old["kennitala"], None)
        if write["document"] is None or write["whole"] or write["erasure"]:
            self.marks[kennitala] = write["erasure"]
        self.documents[kennitala] = (write["document"], time, write["operation"])
        return time if write["document"] is not None else None


class Schedule:
    """Random steps, taken in both places, with the answers of both."""

    def __init__(self, seed, places):
        self.chance = random.Random(seed)  # nosec B311 - a schedule, no secret
        self.places = places
        self.cloud = Cloud(self.chance)
        self.operations = itertools.count()

    def step(self):
        """Take one step: its name, and the answer of each place."""
        name = self.chance.choice(STEPS)
        return name, getattr(self, "_" + name)()

    def _both(self, do):
        return [do(place) for place in self.places]

    def _staff(self):
        kennitala, name = self.chance.choice(MEMBERS), self.chance.choice(NAMES)
        if kennitala not in self.places[0].tables.members:
            return self._both(lambda place: place.create(kennitala, name))
        if kennitala in WITH_DETAILS and self.chance.random() < 0.5:
            email = self.chance.choice(EMAILS[:2])
            return self._both(lambda place: place.set_email(kennitala, email))
        kind = self.chance.choice(["rename", "rename", "correct", "delete", "erase"])
        if kind == "correct":
            return self._correct(kennitala)
        moves = self.places[0].tables.moves
        is_moving = kennitala in moves and moves[kennitala].is_open  # then its erasure is refused
        if kind == "rename" or kennitala in WITH_DETAILS or (kind == "erase" and is_moving):
            return self._both(lambda place: place.rename(kennitala, name))
        named = "erasure-{}".format(next(self.operations))
        with mock.patch.object(uuid, "uuid4", lambda: named):
            return self._both(lambda place: getattr(place, kind)(kennitala))

    def _forget(self):
        """The cloud puts keys on the list, and tells the register."""
        orders = self._both(lambda place: place.stores.erasures.to_carry_out(2))
        for order in orders[0]:
            self.cloud.listed[order["kennitala"]] = order["erasure"]
        done = [(order["kennitala"], order["erasure"]) for order in orders[0]]
        self._both(lambda place: place.stores.erasures.carried_out(done))
        return orders

    def _let_in(self):
        kennitala = self.chance.choice(MEMBERS)
        return self._both(lambda place: place.stores.erasures.let_in(kennitala))

    def _correct(self, kennitala):
        """A number for a number; those with details keep to theirs."""
        numbers = WITH_DETAILS if kennitala in WITH_DETAILS else MEMBERS[len(WITH_DETAILS) :]
        free = [number for number in numbers if number not in self.places[0].tables.members]
        number = self.chance.choice(free) if free else kennitala
        return self._both(lambda place: place.correct(kennitala, number) if free else None)

    def _cloud(self):
        self.cloud.edit(self.chance.choice(MEMBERS))
        return [None, None]

    def _merge(self):
        chosen = self.chance.sample(MEMBERS, self.chance.randint(1, 4))
        presented = [self.cloud.read(kennitala) for kennitala in chosen]
        read_time = next(self.cloud.clock) - self.chance.choice([0, 0, 0, 30])
        first = next(self.operations) * len(MEMBERS)
        answers = self._both(lambda place: self._apply(place, presented, read_time, first))
        failed = [kennitala for kennitala, told in answers[0] if "error" in told]
        self._both(lambda place: place.wait_out(failed, BACKOFF_SECONDS))
        landed = [self._land(*item) for item in answers[0] if "write" in item[1]]
        told = [item for item in landed if item is not None and self.chance.random() < 0.7]
        return list(zip(answers, self._both(lambda place: self._report(place, told, []))))

    @staticmethod
    def _apply(place, presented, read_time, first):
        numbers = itertools.count(first)
        name_operation = mock.patch.object(uuid, "uuid4", lambda: "operation-{}".format(next(numbers)))
        with name_operation, place.transaction():
            merged = merge_batch(place.stores, presented, read_time, 1000)
        return [(verdict.presented.kennitala, to_json(verdict, name, True)) for verdict, name in merged]

    def _land(self, kennitala, told):
        write = told["write"]
        if self.chance.random() < 0.3:
            return None
        return Acknowledgement(kennitala, write["operation"], write["rev"], self.cloud.take(kennitala, write))

    @staticmethod
    def _report(place, landed, failures):
        with place.transaction():
            return mark_synced(place.stores, landed, failures)

    def _claim(self):
        limit = self.chance.randint(1, 4)
        return self._both(lambda place: (place.claim(limit), place.due_count(), place.pending(limit)))

    def _fail(self):
        failure = Failure(self.chance.choice(MEMBERS), MADE_UP, self.chance.random() < 0.5)
        answers = self._both(lambda place: self._report(place, [], [failure]))
        self._both(lambda place: place.make_due())
        return answers

    def _hold(self):
        held = [(self.chance.choice(MEMBERS), {"reason": REASON, "where": "django", "fingerprint": "f"})]
        known = [(ssn, what) for ssn, what in held if ssn in self.places[0].tables.shadows]
        read_time = self.chance.randint(0, 10**18)
        return self._both(lambda place: place.stores.records.hold(known, read_time))

    def _count(self):
        since = next(self.cloud.clock) - self.chance.randint(0, 60)
        left_out = self.chance.sample(MEMBERS, 2)
        return self._both(lambda place: place.stores.records.deletions_since(since, left_out))

    def _pass(self):
        return self._both(lambda place: place.pass_time(PAUSE_SECONDS))


class InMemoryTests(TransactionTestCase):
    """After each step both places have answered alike and hold the same."""

    reset_sequences = True

    def test_same_steps_same_answers_same_state(self):
        get_user_model().objects.create_user("clerk", is_staff=True)
        for seed in SEEDS:
            self._empty()
            schedule = Schedule(seed, [InMemory(), Real()])
            for number in range(LENGTH):
                name, (in_memory_answer, real_answer) = schedule.step()
                at = "seed {}, step {}: {}".format(seed, number, name)
                self.assertEqual(in_memory_answer, real_answer, at)
                expected, found = [place.state() for place in schedule.places]
                for part in expected:
                    self.assertEqual(expected[part], found[part], "{}, {}".format(at, part))

    @staticmethod
    def _empty():
        models = [Comrade, *apps.get_app_config("sync").get_models()]
        tables = ", ".join(model._meta.db_table for model in models)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE {} RESTART IDENTITY CASCADE".format(tables))  # nosec B608
