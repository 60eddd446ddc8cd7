"""Random schedules of edits, lost writes, lost acknowledgements, overlapping workers, on the real database.

After each: both sides hold the same, nothing went back, no edit is lost that is not in the conflict log, and
further runs are quiet. (`SCHEDULES=5000` for a long run.)
"""

import os
import random

from django.test import TestCase
from membership.models import Comrade, ContactInfo
from membership.tests.members import make_member

from sync.models import Conflict
from sync.tests.cloud import Cloud, acknowledge_write, present, unsynced

SCHEDULES = int(os.environ.get("SCHEDULES", "60"))
MOST_ROUNDS = 12
PATHS = ("name", "profile.email")


class World:
    """One member, edited on both sides; every value remembers which value its author saw."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kennitala = "{:010d}".format(9999000000 + seed)
        self.cloud = Cloud()
        make_member(self.kennitala, name="name0")
        self.cloud.reconcile(self.kennitala)
        self.parents = {}
        self.in_flight = []
        self.count = 0

    def django(self, path):
        member = Comrade.objects.select_related("contact_info").get(ssn=self.kennitala)
        return member.name if path == "name" else member.contact_info.email

    def edit_django(self):
        path, value = self._new_value(self.django)
        if path == "name":
            Comrade.objects.filter(ssn=self.kennitala).update(name=value)
        else:
            ContactInfo.objects.filter(comrade__ssn=self.kennitala).update(email=value)

    def edit_cloud(self):
        path, value = self._new_value(lambda path: self.cloud.get(path, self.kennitala))
        self.cloud.edit(path, value, self.kennitala)

    def _new_value(self, current):
        path = self.random.choice(PATHS)
        self.count += 1
        value = "v{}@example.is".format(self.count)
        self.parents[value] = current(path)
        return path, value

    def ancestors(self, value):
        found = {value}
        while value in self.parents:
            value = self.parents[value]
            found.add(value)
        return found

    def worker(self):
        """`reconcile`, step by step; a write may be lost, late, or never acknowledged."""
        body = self.cloud.read(self.kennitala)
        yield
        write = present(body)[self.kennitala].get("write")
        if write is None:
            return
        yield
        fate = self.random.random()
        if fate < 0.15:
            self.in_flight.append(write)
            return
        if fate < 0.25:
            return
        landed = self.cloud.commit(self.kennitala, write)
        if fate < 0.4 or not landed:
            return
        yield
        acknowledge_write(self.kennitala, write, landed)

    def late_write(self):
        if self.in_flight:
            self.cloud.commit(self.kennitala, self.in_flight.pop(0))


class ScheduleTests(TestCase):
    """Invariants I1 to I5 and I7."""

    def test_random_schedules(self):
        for seed in range(SCHEDULES):
            with self.subTest(seed=seed):
                self.check(World(seed))

    def check(self, world):
        self.run_schedule(world)
        for _ in range(MOST_ROUNDS):
            world.cloud.reconcile(world.kennitala)
            if not unsynced(world.kennitala).exists():
                break
        final = {path: world.django(path) for path in PATHS}
        self.assertEqual(final, {path: world.cloud.get(path, world.kennitala) for path in PATHS})
        self.assert_nothing_lost(world, final)
        writes = world.cloud.writes
        world.cloud.reconcile(world.kennitala)
        self.assertEqual(world.cloud.writes, writes)
        self.assertFalse(unsynced(world.kennitala).exists())

    def run_schedule(self, world):
        workers = []
        for _ in range(world.random.randint(5, 25)):
            chance = world.random.random()
            if chance < 0.2:
                world.edit_django()
            elif chance < 0.4:
                world.edit_cloud()
            elif chance < 0.55:
                workers.append(world.worker())
            elif chance < 0.6:
                world.late_write()
            elif workers:
                worker = world.random.choice(workers)
                if next(worker, "done") == "done":
                    workers.remove(worker)
        while world.in_flight:
            world.late_write()

    def assert_nothing_lost(self, world, final):
        conflicts = list(Conflict.objects.filter(ssn=world.kennitala))
        logged = {conflict.lost_value for conflict in conflicts}
        kept = set().union(*[world.ancestors(value) for value in list(final.values()) + list(logged)])
        self.assertLessEqual(set(world.parents), kept)
        for conflict in conflicts:
            ours, theirs = conflict.django_value, conflict.firestore_value
            self.assertNotIn(ours, world.ancestors(theirs), "a false conflict")
            self.assertNotIn(theirs, world.ancestors(ours), "a false conflict")
