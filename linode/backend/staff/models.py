"""What the log-in remembers."""

from django.db import models


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
