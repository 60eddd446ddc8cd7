-- A run begins to compare. Answers where it goes on, and when the run before began if that never ended.
-- Parameter: the minutes after which a run is over.
WITH before AS (
    SELECT running_since FROM sync_comparisonround WHERE id = 1
), now_running AS (
    INSERT INTO sync_comparisonround AS known (id, after, began_at, running_since)
    VALUES (1, '', now(), now())
    ON CONFLICT (id) DO UPDATE SET
        began_at = CASE WHEN known.after = '' THEN now() ELSE known.began_at END,
        running_since = now()
    RETURNING after
)
SELECT
    (SELECT after FROM now_running),
    (SELECT running_since FROM before WHERE running_since < now() - %s * interval '1 minute')
