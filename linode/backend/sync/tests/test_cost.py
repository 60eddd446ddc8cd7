"""What the sync asks of PostgreSQL for a member is the same in a small register and in a large one.

Counted are the pages that each statement touches, which do not depend on how busy the machine is.
"""

import json
import re
from contextlib import contextmanager
from unittest import skipUnless

import django
from django.db import connection, transaction
from django.test import TestCase
from membership.models import Comrade
from merge_engine.shared_fields import WHOLE
from merge_engine.verdict import Presented

from sync import comparison, outbox
from sync.apply import apply

SMALL, LARGE, BATCH = 20000, 200000, 500
MOST = 1.6
"""So much dearer may a member be: among ten times as many rows, each index is one page deeper (3 are 4)."""
FILL = """
INSERT INTO membership_comrade
    (ssn, name, date_joined, reachable, groupable, gender, housing_situation, status)
SELECT to_char(number, 'FM0000000000'), 'Nafn', now(), true, true, 0, 0, 'active'
FROM generate_series(%(first)s, %(last)s) AS number;
INSERT INTO sync_shadow (ssn, rev, read_time, erased, base)
SELECT to_char(number, 'FM0000000000'), 1, 0, false, '{}' FROM generate_series(%(first)s, %(last)s) AS number;
INSERT INTO membership_membersyncqueue (
    member_id, ssn, action, fields_changed, changed_by, rev,
    sync_status, created_at, retry_count, next_attempt_at, leased_by, dead
)
SELECT id, ssn, 'update', '{}', 'psql', 1, 'pending', now(), 0, now(), '', false
FROM membership_comrade WHERE ssn >= to_char(%(first)s, 'FM0000000000')
"""
KINDS = re.compile(r"\A(--[^\n]*\n|\s)*(SELECT (?!set_config)|UPDATE|INSERT|WITH)")
"""Statements that may be explained."""
TABLES = "membership_comrade, sync_shadow, membership_membersyncqueue"


def fill(first, last):
    """Members of these numbers, each with a change that waits. The triggers would take minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(FILL, {"first": first, "last": last})
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE " + TABLES.replace(", ", "; ANALYZE "))


class Pages:
    """Counts the pages that statements touch: each is explained first, and that is undone."""

    def __init__(self):
        self.touched = 0
        self.compiled = []
        self._is_asking = False

    def __call__(self, execute, sql, parameters, many, context):
        """A wrapper of Django's `execute`."""
        if not self._is_asking and KINDS.match(sql):
            self._ask(sql, parameters)
        return execute(sql, parameters, many, context)

    def _ask(self, sql, parameters):
        self._is_asking = True
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql, parameters)
            found = cursor.fetchone()[0]
            transaction.set_rollback(True)
        self._is_asking = False
        (explained,) = found if isinstance(found, list) else json.loads(found)
        plan = explained["Plan"]
        self.touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        if "JIT" in explained:
            self.compiled.append(sql)


@contextmanager
def counting(pages):
    """Count in this block, which is undone."""
    with transaction.atomic(), connection.execute_wrapper(pages):
        yield
        transaction.set_rollback(True)


def costs():
    """Pages a member by kind of call, and the statements that PostgreSQL compiled."""
    names = list(Comrade.objects.order_by("ssn").values_list("ssn", flat=True)[5000 : 5000 + BATCH])
    calls = {
        "claim": lambda: outbox.claim("worker", BATCH, 60),
        "count": outbox.due_count,
        "hashes": lambda: comparison.hashes(names[0], BATCH, WHOLE),
        "apply": lambda: apply([Presented(name, None, None, None, None) for name in names], 1),
    }
    found, compiled = {}, []
    for name, call in calls.items():
        pages = Pages()
        with counting(pages):
            call()
        found[name] = pages.touched / BATCH
        compiled += pages.compiled
    return found, compiled


@skipUnless(django.VERSION > (3,), "the statements are the same on the legacy runtime")
class CostTests(TestCase):
    """In a register of 200,000 a member costs what one costs among 20,000."""

    def test_a_member_costs_the_same_in_a_large_register(self):
        fill(1, SMALL)
        before, _ = costs()
        fill(SMALL + 1, LARGE)
        after, compiled = costs()
        self.assertEqual(compiled, [])
        dearer = {name: (before[name], after[name]) for name in after if after[name] > MOST * before[name]}
        self.assertEqual(dearer, {})
