-- A pending row for each member who has none in one of these states.
-- Parameters: seconds until it is due, JSON list of {ssn, action, fields_changed, rev}, list of states.
INSERT INTO membership_membersyncqueue (
    member_id, ssn, action, fields_changed, changed_by, rev,
    sync_status, created_at, retry_count, next_attempt_at, leased_by, dead
)
SELECT
    (SELECT id FROM membership_comrade WHERE ssn = row.ssn),
    row.ssn, row.action, row.fields_changed, 'sync', row.rev,
    'pending', now(), 0, now() + %s * interval '1 second', '', false
FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, action varchar, fields_changed jsonb, rev bigint)
WHERE NOT EXISTS (
    SELECT 1 FROM membership_membersyncqueue AS queue
    WHERE queue.ssn = row.ssn AND queue.sync_status = ANY(%s)
)
