-- Leases up to so many members to a worker. A member's first due row stands for the member: who locks it has
-- the member, and others pass it over. Parameters: limit, seconds, worker.
WITH head AS (
    SELECT ssn FROM membership_membersyncqueue AS queue
    WHERE sync_status = 'pending' AND next_attempt_at <= now()
      AND (leased_until IS NULL OR leased_until < now())
      AND NOT EXISTS (
        SELECT 1 FROM membership_membersyncqueue AS other
        WHERE other.ssn = queue.ssn AND other.sync_status = 'pending'
          AND (other.leased_until >= now() OR (other.id < queue.id AND other.next_attempt_at <= now()))
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
