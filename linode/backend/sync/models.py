"""What the sync keeps: changes to be carried, what both sides last agreed on, its writes, the conflicts."""

from django.db import models
from django.utils import timezone
from membership.models import Comrade

from sync.json_field import JSONField


class MemberSyncQueue(models.Model):
    """One captured change of one member, written by the database trigger in the transaction that makes it.

    It is pending until the other side is known to hold it. `rev`: the member's revision after the change; the
    row is synced once this revision or a later one has been acknowledged. A dead row has failed for good and
    waits for staff.
    """

    PENDING, SYNCED, FAILED = "pending", "synced", "failed"
    STATUSES = [(PENDING, "pending"), (SYNCED, "synced"), (FAILED, "failed")]
    ACTIONS = [("create", "create"), ("update", "update"), ("delete", "delete")]

    member = models.ForeignKey(
        Comrade, on_delete=models.SET_NULL, null=True, blank=True, related_name="sync_queue"
    )
    ssn = models.CharField("kennitala", max_length=10)
    action = models.CharField(max_length=10, choices=ACTIONS)
    fields_changed = JSONField(default=dict, blank=True)
    changed_by = models.CharField(max_length=150, blank=True, default="")
    rev = models.BigIntegerField(default=0)
    sync_status = models.CharField(max_length=10, choices=STATUSES, default=PENDING)
    created_at = models.DateTimeField(default=timezone.now)
    synced_at = models.DateTimeField(null=True, blank=True)
    retry_count = models.IntegerField(default=0)
    error_message = models.TextField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=100, blank=True, default="")
    dead = models.BooleanField(default=False)

    class Meta:
        # The table keeps its name from the time when the queue was part of the register.
        db_table = "membership_membersyncqueue"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["sync_status", "created_at"], name="queue_status_created"),
            models.Index(fields=["ssn", "created_at"], name="queue_ssn_created"),
        ]

    def __str__(self):
        return "{} {}".format(self.action, self.pk)


class Shadow(models.Model):
    """What both sides last agreed on about one kennitala: the merge base. Outlives the member.

    `base` is null if both sides hold nothing; `tombstone` then keeps the last values, so that a member who
    comes back can be merged. `read_time`: when Firestore was last read (nanoseconds since 1970). `erased`:
    staff have erased the member, so everything that Firestore holds is to go, until the member is entered
    again and Firestore has that. `held`: what waits for a person (reason, where, fingerprint), or null.
    `resting`: the fields that are not synced now, each with the reason, or null. `mark`: how the document was
    seen at that `read_time` (`merge_engine.set_back`); earlier code leaves it alone, so it counts only if its
    time is still the shadow's.
    """

    ssn = models.CharField(max_length=10, primary_key=True)
    rev = models.BigIntegerField(default=0)
    base = JSONField(null=True, blank=True)
    tombstone = JSONField(null=True, blank=True)
    read_time = models.BigIntegerField(default=0)
    erased = models.BooleanField(default=False)
    held = JSONField(null=True, blank=True)
    resting = JSONField(null=True, blank=True)
    mark = JSONField(null=True, blank=True)

    def __str__(self):
        return "rev {}".format(self.rev)


class Move(models.Model):
    """A corrected kennitala: whoever had the old number has the new one. Old numbers lead to the present one.

    `is_open`: until the old number was seen without a document (`merge_engine.moves`). `read_time`: when the
    documents of both were last read (nanoseconds). `moved_by`: who corrected it.
    """

    old_ssn = models.CharField(max_length=10, primary_key=True)
    new_ssn = models.CharField(max_length=10, db_index=True)
    is_open = models.BooleanField(default=True)
    read_time = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(default=timezone.now)
    moved_by = models.CharField(max_length=150, blank=True, default="")

    def __str__(self):
        return "open" if self.is_open else "closed"


class Erasure(models.Model):
    """A person's last erasure, as long as it is under way, or staff have let the person in again.

    `erasure`: its id, which the list of erased keys and the person's new document have, too. `listed`: since
    when the list is known to have it; null if that is not known. `let_in`: staff have said that the person
    joined again; staff were not asked about anybody else in the register. Once both halves have forgotten
    everything, the row goes, and nothing here names the person any more.
    """

    ssn = models.CharField(max_length=10, primary_key=True)
    erasure = models.CharField(max_length=36)
    ordered_at = models.DateTimeField(default=timezone.now)
    listed = models.DateTimeField(null=True, blank=True)
    let_in = models.BooleanField(default=False)

    def __str__(self):
        return self.erasure


class Intent(models.Model):
    """A write we asked the cloud to make. It is live until it is acknowledged or can land no more.

    `document`: what we asked to be there (null: nothing). `precondition_time`: the update time (nanoseconds)
    that the document must still have; null if it must not exist. `landed`: acknowledged, or seen in the
    document (null: not yet).
    """

    operation = models.CharField(max_length=36, primary_key=True)
    ssn = models.CharField(max_length=10, db_index=True)
    rev = models.BigIntegerField()
    document = JSONField(null=True, blank=True)
    precondition_time = models.BigIntegerField(null=True, blank=True)
    live = models.BooleanField(default=True)
    landed = models.BooleanField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self):
        return self.operation


class CloudFieldMap(models.Model):
    """The field map that the cloud told last (empty: it tells none), as it travels; at most one row."""

    told = models.TextField(blank=True)
    since = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.told[:12]


class ComparisonRound(models.Model):
    """How far the comparison of all members has come; at most one row.

    `after`: the kennitala up to which the present round has looked; empty if the last round is complete.
    `running_since`: when the run at work began; null if none is.
    """

    after = models.CharField(max_length=10, blank=True, default="")
    began_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    running_since = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return "complete" if not self.after else "under way"


class Conflict(models.Model):
    """Two edits of one field, made without knowing of each other: who lost what, and when."""

    EXISTENCE = "existence"
    DJANGO, FIRESTORE = "django", "firestore"
    SIDES = [(DJANGO, "Django"), (FIRESTORE, "Firestore")]

    ssn = models.CharField("kennitala", max_length=10, db_index=True)
    field = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)
    lost_on = models.CharField("lost on", max_length=10, choices=SIDES)
    lost_by = models.CharField("lost by", max_length=150)
    django_value = JSONField(null=True, blank=True)
    firestore_value = JSONField(null=True, blank=True)
    reason = models.CharField(max_length=100)
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self):
        return "{} {}".format(self.field, self.pk)

    @property
    def lost_value(self):
        """The value that is no longer on either side, in wire form."""
        return self.django_value if self.lost_on == self.DJANGO else self.firestore_value


class StoredEpoch(models.Model):
    """The one row of `merge_engine.epoch`: by it, a store that was set back is noticed."""

    line = models.CharField(max_length=32, blank=True, default="")
    issued = models.BigIntegerField(default=0)
    confirmed = models.BigIntegerField(default=0)
    confirmed_at = models.BigIntegerField(null=True)
    next_line = models.CharField(max_length=32, blank=True, default="")
    stopped = JSONField(null=True, blank=True)
    decided_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "sync_epoch"

    def __str__(self):
        return "epoch {}".format(self.issued)
