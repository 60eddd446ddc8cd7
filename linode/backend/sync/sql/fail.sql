-- Notes failures. `up_to`: the revision of the attempt that failed: that of its live intent, else that of the
-- member's dead letter. Rows of later revisions did not fail and only wait.
-- Parameters: JSON list of {ssn, message, permanent}, longest and first wait in seconds.
WITH failure AS (
    SELECT row.*, coalesce(
        (SELECT max(rev) FROM sync_intent AS intent WHERE intent.ssn = row.ssn AND intent.live),
        (SELECT max(rev) FROM membership_membersyncqueue AS letter WHERE letter.ssn = row.ssn AND letter.dead),
        9223372036854775807
    ) AS up_to
    FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, message text, permanent boolean)
)
UPDATE membership_membersyncqueue AS queue
SET retry_count = queue.retry_count + 1,
    error_message = left(failure.message, 2000),
    leased_until = NULL,
    -- Full jitter, so that many do not come back at the same moment.
    next_attempt_at = now()
        + random() * least(%s, %s * 2.0 ^ least(queue.retry_count, 20)) * interval '1 second',
    sync_status = CASE WHEN permanent AND queue.rev <= up_to THEN 'failed' ELSE queue.sync_status END,
    dead = queue.dead OR (permanent AND queue.rev <= up_to)
FROM failure
WHERE queue.ssn = failure.ssn AND queue.sync_status <> 'synced'
