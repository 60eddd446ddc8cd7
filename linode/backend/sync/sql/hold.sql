-- Notes who waits for a person, and when that was read. Parameter: JSON list of {ssn, held, read_time}.
UPDATE sync_shadow AS shadow
SET held = row.held, read_time = GREATEST(shadow.read_time, row.read_time)
FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, held jsonb, read_time bigint)
WHERE shadow.ssn = row.ssn
