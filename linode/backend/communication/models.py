"""Letters to members, who is to get them, and what became of each one.

`Delivery` records that nobody gets a letter twice; `deliveries.py` alone changes its state.
"""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from membership.models import Comrade, Union

from communication import postal_codes
from communication.texts import label, text


def validate_postal_codes(value):
    """Raise ValidationError, in words, for what is no list of codes and ranges."""
    try:
        postal_codes.ranges(value)
    except ValueError as error:
        raise ValidationError(text("postal_codes.wrong", part=error), code="postal_codes")


class Audience(models.Model):
    """A saved choice of members. Everything that is said narrows it down; nothing said means everyone.

    Members who left are in it only if `left` is set. The kind of the letter says whether those get it who do
    not want to be reached (`audience.py`).
    """

    name = models.CharField(max_length=100, unique=True)
    active = models.BooleanField(default=True)
    suspended = models.BooleanField(default=True)
    left = models.BooleanField(default=False)
    postal_codes = models.CharField(
        max_length=300, blank=True, default="", validators=[validate_postal_codes]
    )
    unions = models.ManyToManyField(Union, blank=True, related_name="+")
    min_age = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(150)])
    max_age = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(150)])
    joined_since = models.DateField(null=True, blank=True)
    for_groups = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Email(models.Model):
    """A letter: a draft until somebody confirms it; then it can no longer be changed.

    It goes to the members of `audience` and to those who are named in `recipients`.
    """

    NEWS, REQUIRED = "news", "required"
    KINDS = [(NEWS, label("kind.news")), (REQUIRED, label("kind.required"))]

    subject = models.CharField(max_length=200)
    body = models.TextField()
    body_english = models.TextField(null=True, blank=True)
    kind = models.CharField(max_length=10, choices=KINDS, null=True)
    reason = models.CharField(max_length=300, null=True, blank=True)
    # Without a constraint in the database: on a site that serves, adding one locks both tables.
    audience = models.ForeignKey(
        Audience,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        db_constraint=False,
    )
    recipients = models.ManyToManyField(Comrade, related_name="emails", blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_constraint=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, editable=False)
    number = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return self.subject

    @property
    def is_required(self):
        """Whether members must get it, so that it reaches the not reachable, too."""
        return self.kind == self.REQUIRED


class Delivery(models.Model):
    """A letter to one member. It is erased with the member.

    `token` names it to mail servers (Message-ID) and stays the same however often it is tried. `address`: to
    which it was last sent. `reply`: what the other server said, or why it was not asked.
    """

    PENDING, SENDING, SENT, UNKNOWN = "pending", "sending", "sent", "unknown"
    FAILED, STOPPED = "failed", "stopped"
    STATES = (PENDING, SENDING, SENT, UNKNOWN, FAILED, STOPPED)

    letter = models.ForeignKey(Email, on_delete=models.CASCADE, related_name="deliveries")
    comrade = models.ForeignKey(Comrade, on_delete=models.CASCADE, related_name="deliveries")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, default=PENDING)
    address = models.CharField(max_length=254, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "comrade"], name="one_delivery_each")]
        indexes = [
            models.Index(fields=["letter", "state"], name="delivery_letter_state"),
            models.Index(fields=["state", "id"], name="delivery_state_order"),
            models.Index(fields=["tried_at"], name="delivery_tried"),
        ]

    def __str__(self):
        return "{}: {}".format(self.letter_id, self.state)
