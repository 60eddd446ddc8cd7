"""`POST api/sync/apply/`: merges members, writes them here, and says what the cloud is to write.

The request is one transaction. All members go together, in a fixed number of statements. If the database
refuses the batch, each member is tried in a savepoint of its own, so that none holds up another.
"""

from django.db import DatabaseError, DataError, connection, transaction
from merge_engine import pair
from merge_engine.batch import NOTHING_RELEASED, decide_batch, merge_batch
from merge_engine.verdict import failed
from merge_engine.verdict_json import to_json

from sync import in_step
from sync.postgresql import POSTGRESQL

BATCH_LOCK_MILLISECONDS = 800
"""Below PostgreSQL's deadlock time-out of a second, so that the sync gives way and not staff."""
MEMBER_LOCK_MILLISECONDS = 100


def apply(presented, read_time, dry_run=False, carried=pair.NOT_TOLD, released=NOTHING_RELEASED):
    """The answer per kennitala. `read_time` in nanoseconds; a dry run writes and locks nothing.

    `carried`: the epoch that Firestore has. `released`: what a person has released of what is held (see
    `merge_engine.deletion_guard`). Raises SetBackError if a store was set back; then nothing is written.
    """
    if not dry_run:
        in_step.require(carried)
    with transaction.atomic():
        verdicts = (_decide_only if dry_run else _batch_or_each)(presented, read_time, released)
    return {
        verdict.presented.kennitala: to_json(verdict, operation, dry_run) for verdict, operation in verdicts
    }


def _decide_only(presented, read_time, released):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        verdicts = decide_batch(POSTGRESQL, presented, read_time, [], released)
        return [(verdict, None) for verdict in verdicts]


def _batch_or_each(presented, read_time, released):
    try:
        return _merge(presented, read_time, BATCH_LOCK_MILLISECONDS, released)
    except DatabaseError:
        return [_merge_alone(member, read_time, released) for member in presented]


def _merge_alone(member, read_time, released):
    try:
        return _merge([member], read_time, MEMBER_LOCK_MILLISECONDS, released)[0]
    except DataError as error:
        return failed(member, "refused_by_database", _first_line(error), True), None
    except DatabaseError as error:
        return failed(member, "database_busy", _first_line(error), False), None


def _merge(presented, read_time, lock_milliseconds, released):
    """Pairs of verdict and operation id. Raises DatabaseError, leaving nothing done."""
    with transaction.atomic():
        return merge_batch(POSTGRESQL, presented, read_time, lock_milliseconds, released)


def _first_line(error):
    return str(error).strip().split("\n")[0]
