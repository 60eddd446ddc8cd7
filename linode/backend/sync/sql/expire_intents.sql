-- Intents whose precondition no longer holds can land no more; the one whose mark is there has landed.
-- Parameter: JSON list of {ssn, update_time, operation}.
UPDATE sync_intent AS intent
SET live = false, landed = CASE WHEN intent.operation = row.operation THEN true ELSE intent.landed END
FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, update_time bigint, operation varchar)
WHERE intent.ssn = row.ssn AND (intent.live OR intent.operation = row.operation)
  AND intent.precondition_time IS DISTINCT FROM row.update_time
