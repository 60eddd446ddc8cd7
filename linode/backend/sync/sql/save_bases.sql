-- What both sides agree on at old numbers. Parameter: JSON list of {ssn, base, tombstone, erased}.
UPDATE sync_shadow AS shadow
SET base = nullif(row.base, 'null'), tombstone = nullif(row.tombstone, 'null'), erased = row.erased
FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, base jsonb, tombstone jsonb, erased boolean)
WHERE shadow.ssn = row.ssn
