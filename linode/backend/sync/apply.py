"""`POST api/sync/apply/`: merges members, writes them here, and says what the cloud is to write.

The request is one transaction. All members go together, in a fixed number of statements. If the database
refuses the batch, each member is tried in a savepoint of its own, so that none holds up another.
"""

import re

from django.db import DatabaseError, DataError, connection, transaction
from merge_engine import pair
from merge_engine.batch import decide_batch, merge_batch
from merge_engine.verdict import failed
from merge_engine.verdict_json import to_json
from merge_engine.word import NOTHING_SAID

from sync import in_step
from sync.postgresql import POSTGRESQL

BATCH_LOCK_MILLISECONDS = 800
"""Below PostgreSQL's deadlock time-out of a second, so that the sync gives way and not staff."""
MEMBER_LOCK_MILLISECONDS = 100
QUOTED = re.compile(r'"[^"]*"')


def apply(presented, read_time, dry_run=False, carried=pair.NOT_TOLD, word=NOTHING_SAID):
    """The answer per kennitala. `read_time` in nanoseconds; a dry run writes and locks nothing.

    `carried`: the epoch that Firestore has. `word`: what a person has decided. Raises SetBackError if the
    epoch or a document shows that a store was set back, and nobody has said which; then nothing is written.
    """
    if not dry_run and word.restored is None:
        in_step.require(carried)
    with in_step.remembering(), transaction.atomic():
        merge = _decide_only if dry_run else _batch_or_each
        verdicts = merge(presented, read_time, word)
    return {
        verdict.presented.kennitala: to_json(verdict, operation, dry_run) for verdict, operation in verdicts
    }


def _decide_only(presented, read_time, word):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        verdicts = decide_batch(POSTGRESQL, presented, read_time, [], word)
        return [(verdict, None) for verdict in verdicts]


def _batch_or_each(presented, read_time, word):
    try:
        return _merge(presented, read_time, BATCH_LOCK_MILLISECONDS, word)
    except DatabaseError:
        return _merge_apart(presented, read_time, word)


def _merge_apart(presented, read_time, word):
    """Halve the batch until only those are left whom the database refuses. Each half waits a short time."""
    verdicts, middle = [], len(presented) // 2
    for half in (presented[:middle], presented[middle:]):
        if len(half) < 2:
            verdicts += [_merge_alone(member, read_time, word) for member in half]
            continue
        try:
            verdicts += _merge(half, read_time, MEMBER_LOCK_MILLISECONDS, word)
        except DatabaseError:
            verdicts += _merge_apart(half, read_time, word)
    return verdicts


def _merge_alone(member, read_time, word):
    try:
        return _merge([member], read_time, MEMBER_LOCK_MILLISECONDS, word)[0]
    except DataError as error:
        return failed(member, "refused_by_database", _first_line(error), True), None
    except DatabaseError as error:
        return failed(member, "database_busy", _first_line(error), False), None


def _merge(presented, read_time, lock_milliseconds, word):
    """Pairs of verdict and operation id. Raises DatabaseError, leaving nothing done."""
    with transaction.atomic():
        return merge_batch(POSTGRESQL, presented, read_time, lock_milliseconds, word)


def _first_line(error):
    """What PostgreSQL says, without what it quotes: reasons are logged, and a quoted value is a person's."""
    return QUOTED.sub('"…"', str(error).strip().split("\n")[0])
