"""A JSON column that is the same to the migrations of Django 2.2 and of today's Django."""

import django

if django.VERSION < (3, 1):
    from django.contrib.postgres.fields import JSONField as DjangoJSONField
else:
    from django.db.models import JSONField as DjangoJSONField


class JSONField(DjangoJSONField):
    """Django moved its field between versions; migrations name this one."""

    def deconstruct(self):
        """Name this class, wherever the base class lives."""
        name, _, args, kwargs = super().deconstruct()
        return name, "sync.json_field.JSONField", args, kwargs
