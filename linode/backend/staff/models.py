"""What the log-in remembers."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device, DeviceManager


class FailedLogin(models.Model):
    """A password or code that was wrong, or that is being checked: a right one is taken off again.

    `person` is a digest (see attempts.py), since people type passwords where the name belongs.
    """

    person = models.CharField(max_length=40)
    address = models.CharField(max_length=45, blank=True)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "made_at"], name="staff_failed_person"),
            models.Index(fields=["address", "made_at"], name="staff_failed_address"),
        ]

    def __str__(self):
        return "failed log-in from {}".format(self.address)


class Authenticator(Device):
    """The app with which a person proves a second time who they are. Only a confirmed one is stored.

    The table is ours, because those of django-otp keep secrets in the clear and differ between its releases.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator")
    name = None
    confirmed = models.BooleanField(default=True, editable=False)
    sealed_secret = models.TextField(editable=False)
    last_step = models.BigIntegerField(editable=False)
    enrolled_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DeviceManager()

    def __str__(self):
        return "second factor of {}".format(self.user)


class RecoveryCode(models.Model):
    """What is kept of a code for a lost phone; it is removed when it is used."""

    authenticator = models.ForeignKey(Authenticator, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    def __str__(self):
        return "recovery code {}".format(self.pk)
