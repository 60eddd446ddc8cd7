-- Rows up to an acknowledged revision are synced. Parameter: JSON list of {ssn, rev}.
UPDATE membership_membersyncqueue AS queue
SET sync_status = 'synced', synced_at = now(), leased_until = NULL, dead = false, error_message = NULL
FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, rev bigint)
WHERE queue.ssn = row.ssn AND queue.rev <= row.rev AND queue.sync_status <> 'synced'
