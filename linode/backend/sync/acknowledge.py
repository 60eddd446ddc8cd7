"""`POST api/sync/mark-synced/`: writes that landed, and members that failed."""

from django.db import transaction
from merge_engine.acknowledgement import settle

from sync.database import POSTGRESQL


@transaction.atomic
def mark_synced(acknowledgements, failures):
    """What became of each member, by kennitala, all in one transaction."""
    return settle(POSTGRESQL, acknowledgements, failures)
