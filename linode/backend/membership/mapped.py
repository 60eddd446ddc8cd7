"""Holds what people enter to the field map: the same conversion that the sync uses says what a column takes.

Models mix it in, so that forms are checked, and serializers use it, so that the API is. A value comes back in
the one form in which both halves hold it.
"""

from django.core.exceptions import ValidationError
from django.db import models
from merge_engine.conversions import UnconvertibleError, from_wire, to_column
from merge_engine.field_map import GIVEN, columns_of

from membership.reasons import in_words


def canonical_text(field, value):
    """A column's text in its one form. Raises ValidationError."""
    try:
        return to_column(field, from_wire(field, value))
    except UnconvertibleError as error:
        raise ValidationError(str(error), code="field_map")


def text_fields(label):
    """The fields of a model that hold a text, or a day: what can be typed wrongly."""
    return [
        field
        for field in columns_of(label)
        if field.type in ("text", "email", "phone", "date") and field.path not in GIVEN
    ]


class MappedModel(models.Model):
    """A model whose forms take what the field map says, and nothing else."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        """Bring each column to its form before the column's own checks."""
        errors = {}
        for field in text_fields(self._meta.label):
            value = getattr(self, field.column)
            if field.column in (exclude or ()) or value in (None, ""):
                continue
            try:
                setattr(self, field.column, checked(field, value))
            except ValidationError as error:
                errors[field.column] = ValidationError(in_words(error.message), code=error.code)
        try:
            super().clean_fields(exclude=set(exclude or ()) | set(errors))
        except ValidationError as error:
            errors.update(error.error_dict)
        if errors:
            raise ValidationError(errors)


def checked(field, value):
    """What a column takes for a value that is not empty. Raises ValidationError."""
    if field.type != "date":
        return canonical_text(field, value)
    canonical_text(field, value.isoformat() if hasattr(value, "isoformat") else value)
    return value
