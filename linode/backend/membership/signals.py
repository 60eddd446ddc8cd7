"""The signal of bulk writes, for which Django sends none: other apps listen, this one knows none of them."""

from django.dispatch import Signal

members_changed = Signal()
"""Sent after members or their details were written in bulk; `using` names the database."""
