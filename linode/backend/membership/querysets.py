"""Querysets that send a signal for bulk updates, inserts and deletions, for which Django sends none."""

from django.db import models

from membership.signals import members_changed


class SignallingQuerySet(models.QuerySet):
    """A queryset whose bulk writes send `members_changed`."""

    def update(self, **values):
        """Update the rows and send the signal; returns how many."""
        number = super().update(**values)
        self._signal(self.db)
        return number

    update.alters_data = True

    def bulk_create(self, objs, **options):
        """Insert the rows and send the signal; returns them."""
        created = super().bulk_create(objs, **options)
        self._signal(self.db)
        return created

    def _raw_delete(self, using):
        number = super()._raw_delete(using)
        self._signal(using)
        return number

    _raw_delete.alters_data = True

    def _signal(self, using):
        members_changed.send(self.model, using=using)
