"""`POST api/sync/mark-synced/`: writes that landed, and members that failed."""

from django.db import transaction
from merge_engine import acknowledgement

from sync.postgresql import POSTGRESQL


@transaction.atomic
def mark_synced(acknowledgements, failures):
    """What became of each member, by kennitala, all in one transaction."""
    return acknowledgement.mark_synced(POSTGRESQL, acknowledgements, failures)
