"""`POST api/sync/mark-synced/`: writes that landed, and members that failed."""

from django.db import transaction

from sync.database import POSTGRESQL
from sync.settlement import settle


@transaction.atomic
def mark_synced(acknowledgements, failures):
    """What became of each member, by kennitala, all in one transaction; see settlement.py."""
    return settle(POSTGRESQL, acknowledgements, failures)
