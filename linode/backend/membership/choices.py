"""Labels for the choices of a synced column: which there are, the field map says."""

from merge_engine.conversions import to_column
from merge_engine.field_map import BY_PATH


def labelled(path, **labels):
    """Choices for a model's column: what it holds for each name, in the field map's order, and the label.

    Raises ValueError if the labels are not those of the field's choices.
    """
    field = BY_PATH[path]
    if set(labels) != set(field.choices):
        raise ValueError("{} wants a label for each of {}".format(path, ", ".join(field.choices)))
    return [(to_column(field, name), labels[name]) for name in field.choices]
