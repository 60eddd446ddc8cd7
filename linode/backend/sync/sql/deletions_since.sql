-- How many members both sides agreed on, and how many others have been deleted since then, or are held.
-- Parameters: time in nanoseconds, kennitalas to leave out.
SELECT
    (SELECT count(*) FROM sync_shadow WHERE base IS NOT NULL),
    (
        SELECT count(*) FROM sync_shadow
        WHERE (held IS NOT NULL OR (base IS NULL AND tombstone IS NOT NULL AND read_time >= %s))
          AND NOT ssn = ANY(%s)
    )
