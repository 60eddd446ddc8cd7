-- When the documents of open moves were read. Their shadows stay unreadable to code that knows of no moves.
-- Parameter: JSON list of {ssn, read_time}.
WITH read AS (
    SELECT ssn, read_time FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, read_time bigint)
), noted AS (
    UPDATE sync_move AS move
    SET read_time = greatest(move.read_time, times.read_time)
    FROM (
        SELECT old_ssn, max(read.read_time) AS read_time
        FROM sync_move JOIN read ON read.ssn IN (old_ssn, new_ssn) WHERE is_open GROUP BY old_ssn
    ) AS times
    WHERE move.old_ssn = times.old_ssn
)
UPDATE sync_shadow AS shadow SET read_time = 9223372036854775807
FROM read
WHERE shadow.ssn = read.ssn
  AND EXISTS (SELECT 1 FROM sync_move WHERE is_open AND read.ssn IN (old_ssn, new_ssn))
