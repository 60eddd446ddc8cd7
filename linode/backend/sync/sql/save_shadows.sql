-- What is decided is held no longer. Parameter: JSON list of shadows.
UPDATE sync_shadow AS shadow
SET rev = row.rev,
    base = nullif(row.base, 'null'),
    tombstone = nullif(row.tombstone, 'null'),
    read_time = row.read_time,
    erased = row.erased,
    held = NULL,
    resting = nullif(row.resting, 'null'),
    mark = row.mark
FROM jsonb_to_recordset(%s::jsonb) AS row(
    ssn varchar, rev bigint, base jsonb, tombstone jsonb, read_time bigint, erased boolean, resting jsonb,
    mark jsonb
)
WHERE shadow.ssn = row.ssn
