-- Notes who waits for a person. Parameter: JSON list of {ssn, held}.
UPDATE sync_shadow AS shadow
SET held = row.held
FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, held jsonb)
WHERE shadow.ssn = row.ssn
