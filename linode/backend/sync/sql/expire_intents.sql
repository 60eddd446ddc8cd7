-- Intents whose precondition no longer holds can land no more. Parameter: JSON list of {ssn, update_time}.
UPDATE sync_intent AS intent
SET live = false
FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, update_time bigint)
WHERE intent.ssn = row.ssn AND intent.live AND intent.precondition_time IS DISTINCT FROM row.update_time
