"""Asks for a prompt sync after changes that send no signal of their own: bulk updates and inserts."""

from django.db import models
from sync.nudge import request_after_commit


class NudgingQuerySet(models.QuerySet):
    """A queryset whose bulk writes ask for a sync, as single saves do; the trigger captures either."""

    def update(self, **values):
        """Update the rows and ask for a sync; returns how many."""
        request_after_commit(self.db)
        return super().update(**values)

    update.alters_data = True

    def bulk_create(self, objs, **options):
        """Insert the rows and ask for a sync; returns them."""
        request_after_commit(self.db)
        return super().bulk_create(objs, **options)

    def _raw_delete(self, using):
        request_after_commit(using)
        return super()._raw_delete(using)

    _raw_delete.alters_data = True
