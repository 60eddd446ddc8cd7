-- Leases up to so many members to a worker. A member's first due row stands for the member: the worker that
-- locks this row has the member, and the others skip it. Parameters: limit, seconds, worker.
-- A lease or a wait that ends later than any may is from a clock that has been set back, and is over.
-- The first row is looked up row by row along an index, never by a join: with old statistics the planner would
-- join every pending row at every claim.
WITH head AS (
    SELECT ssn FROM membership_membersyncqueue AS queue
    WHERE sync_status = 'pending'
      AND (next_attempt_at <= now() OR next_attempt_at > now() + interval '1 hour')
      AND (leased_until IS NULL OR NOT leased_until BETWEEN now() AND now() + interval '1 hour')
      AND id = (
        SELECT CASE
            WHEN bool_or(other.leased_until BETWEEN now() AND now() + interval '1 hour') THEN NULL
            ELSE min(other.id) FILTER (
                WHERE other.next_attempt_at <= now() OR other.next_attempt_at > now() + interval '1 hour'
            )
        END
        FROM membership_membersyncqueue AS other
        WHERE other.ssn = queue.ssn AND other.sync_status = 'pending'
      )
    ORDER BY created_at, id
    LIMIT %s
    FOR UPDATE SKIP LOCKED
)
UPDATE membership_membersyncqueue AS queue
SET leased_until = now() + %s * interval '1 second', leased_by = %s
FROM head
WHERE queue.ssn = head.ssn AND queue.sync_status = 'pending'
RETURNING queue.id
