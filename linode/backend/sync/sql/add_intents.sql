-- Parameter: JSON list of coming writes.
INSERT INTO sync_intent (operation, ssn, rev, document, precondition_time, live, created_at)
SELECT operation, ssn, rev, nullif(document, 'null'), precondition_time, true, now()
FROM jsonb_to_recordset(%s::jsonb) AS row(
    operation varchar, ssn varchar, rev bigint, document jsonb, precondition_time bigint
)
