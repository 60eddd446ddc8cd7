"""A letter for tests."""

from communication.models import Email


def make_letter(*members, **values):
    """A draft to these members."""
    text = dict({"subject": "Fundur", "body": "Kæri {nafn}"}, **values)
    letter = Email.objects.create(**text)
    letter.recipients.set(members)
    return letter
