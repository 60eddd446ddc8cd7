"""Tells the other apps that a person is erased, so that each forgets what it keeps of them."""

from django.dispatch import Signal

forgetting = Signal()
"""Sent in the transaction that erases, while the member, if there is one, is still there. `kennitala`;
`texts`: those that name the person, such as the name and the e-mail address."""
