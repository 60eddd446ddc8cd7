"""PostgreSQL and the stores in memory: two places where the same steps can be taken and their effect seen."""

from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone
from membership.models import Comrade, ContactInfo
from merge_engine.documents import from_columns
from merge_engine.tests import in_memory

from sync import outbox
from sync.erasure import erase
from sync.models import Conflict, Erasure, Intent, MemberSyncQueue, Shadow
from sync.postgresql import POSTGRESQL

MEMBERS = ["01017012{:02}".format(number) for number in range(6)]
LEASE_SECONDS = 60
JOINED = "2020-01-01T00:00:00Z"


class Real:
    """The steps of a schedule in PostgreSQL."""

    stores = POSTGRESQL

    def create(self, kennitala, name):
        """Staff enter a member."""
        Comrade.objects.create(ssn=kennitala, name=name, date_joined=JOINED)

    def rename(self, kennitala, name):
        """Staff change a name."""
        Comrade.objects.filter(ssn=kennitala).update(name=name)

    def set_email(self, kennitala, email):
        """Staff change an address."""
        comrade = Comrade.objects.get(ssn=kennitala)
        ContactInfo.objects.update_or_create(comrade=comrade, defaults={"email": email})

    def correct(self, kennitala, number):
        """Staff correct a kennitala."""
        Comrade.objects.filter(ssn=kennitala).update(ssn=number)

    def delete(self, kennitala):
        """Staff delete a member."""
        Comrade.objects.filter(ssn=kennitala).delete()

    def erase(self, kennitala):
        """Staff erase a member."""
        erase(kennitala, get_user_model().objects.get(username="clerk"))

    def claim(self, limit):
        """The members that a worker gets."""
        return [row.ssn for row in outbox.claim("worker", limit, LEASE_SECONDS)]

    def due_count(self):
        """How many rows are left to be claimed."""
        return outbox.due_count()

    def pending(self, limit):
        """The members that are pending, without claiming them."""
        return [row.ssn for row in outbox.pending(limit)]

    def pass_time(self, seconds):
        """Move the clock on: every row becomes older."""
        columns = {
            MemberSyncQueue: ("created_at", "next_attempt_at", "leased_until"),
            Intent: ("created_at",),
            Erasure: ("ordered_at", "listed"),
        }
        with connection.cursor() as cursor:
            for model, names in columns.items():
                older = ", ".join("{0} = {0} - %s * interval '1 second'".format(name) for name in names)
                statement = "UPDATE {} SET {}".format(model._meta.db_table, older)  # nosec B608
                cursor.execute(statement, [seconds] * len(names))

    def make_due(self):
        """End the random waits of the backoff."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE membership_membersyncqueue SET next_attempt_at = created_at")

    def wait_out(self, kennitalas, seconds):
        """The backoff of these members ends after these seconds, and not at its random time."""
        due = timezone.now() + timedelta(seconds=seconds)
        MemberSyncQueue.objects.filter(ssn__in=kennitalas).update(next_attempt_at=due)

    def transaction(self):
        """The transaction of a request."""
        return transaction.atomic()

    def state(self):
        """Everything that is kept."""
        rows = MemberSyncQueue.objects.order_by("created_at", "id")
        return {
            "members": _members(POSTGRESQL),
            "queue": [_row(row, row.sync_status) for row in rows],
            "shadows": {shadow.ssn: _shadow(shadow) for shadow in Shadow.objects.all()},
            "moves": POSTGRESQL.moves.among(MEMBERS),
            "intents": {intent.operation: _intent(intent) for intent in Intent.objects.all()},
            "erasures": {row.ssn: _erasure(row) for row in Erasure.objects.all()},
            "conflicts": sorted(
                (lost.ssn, lost.field, lost.lost_on, str(lost.django_value), str(lost.firestore_value))
                for lost in Conflict.objects.all()
            ),
        }


class InMemory:
    """The same steps on dictionaries."""

    def __init__(self):
        self.tables = in_memory.Tables()
        self.stores = in_memory.stores_over(self.tables)

    def create(self, kennitala, name):
        """Staff enter a member."""
        self.stores.register.create(kennitala, {"membership.joined": JOINED, "name": name})

    def rename(self, kennitala, name):
        """Staff change a name."""
        if self.tables.members[kennitala]["name"] != name:
            self.stores.register.edit(kennitala, {"name": name})

    def set_email(self, kennitala, email):
        """Staff change an address."""
        if self.tables.members[kennitala]["profile.email"] != email:
            self.stores.register.edit(kennitala, {"profile.email": email})

    def correct(self, kennitala, number):
        """Staff correct a kennitala."""
        self.stores.register.renumber(kennitala, number)

    def delete(self, kennitala):
        """Staff delete a member."""
        self.stores.register.delete([kennitala])

    def erase(self, kennitala):
        """Staff erase a member."""
        for number in self.stores.records.forget([kennitala]):
            self.stores.erasures.order(number)

    def claim(self, limit):
        """The members that a worker gets."""
        return [row.ssn for row in self.stores.outbox.claim("worker", limit, LEASE_SECONDS)]

    def due_count(self):
        """How many rows are left to be claimed."""
        return self.stores.outbox.due_count()

    def pending(self, limit):
        """The members that are pending, without claiming them."""
        return [row.ssn for row in self.stores.outbox.pending(limit)]

    def pass_time(self, seconds):
        """Move the clock on."""
        self.tables.now += seconds

    def make_due(self):
        """End the random waits of the backoff."""
        for row in self.tables.queue:
            row.next_attempt_at = row.created_at

    def wait_out(self, kennitalas, seconds):
        """The backoff of these members ends after these seconds, and not at its random time."""
        for row in self.tables.queue:
            if row.ssn in kennitalas:
                row.next_attempt_at = self.tables.now + seconds

    @contextmanager
    def transaction(self):
        """The transaction of a request."""
        yield

    def state(self):
        """Everything that is kept."""
        rows = sorted(self.tables.queue, key=lambda row: (row.created_at, row.id))
        return {
            "members": _members(self.stores),
            "queue": [_row(row, row.status) for row in rows],
            "shadows": {ssn: _shadow(shadow) for ssn, shadow in self.tables.shadows.items()},
            "moves": self.stores.moves.among(MEMBERS),
            "intents": {name: _intent(intent) for name, intent in self.tables.intents.items()},
            "erasures": {ssn: _erasure(row) for ssn, row in self.tables.erasures.items()},
            "conflicts": sorted(
                (ssn, lost.field, lost.lost_on, str(lost.django), str(lost.firestore))
                for ssn, lost in self.tables.conflicts
            ),
        }


def _members(stores):
    return {ssn: from_columns(columns) for ssn, columns in stores.register.read(MEMBERS).items()}


def _row(row, status):
    marks = (row.dead, row.leased_until is not None, row.changed_by == "sync")
    return (row.ssn, row.action, row.rev, status, row.retry_count, row.error_message) + marks


def _shadow(shadow):
    agreed = (shadow.rev, shadow.base, shadow.tombstone, shadow.read_time, shadow.erased)
    return agreed + (shadow.held, shadow.resting)


def _erasure(row):
    return (row.erasure, row.listed is not None, row.let_in)


def _intent(intent):
    return (intent.ssn, intent.rev, intent.document, intent.precondition_time, intent.live, intent.landed)
