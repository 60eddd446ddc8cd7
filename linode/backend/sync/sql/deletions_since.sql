-- How many members both sides have agreed on, and how many others have been deleted since then, or are held.
-- Whoever was deleted here within a day counts, too, if they were entered again; not whoever was erased, and not
-- whoever got another kennitala. Parameters: time in nanoseconds, kennitalas to leave out.
WITH moving AS (
    SELECT old_ssn AS ssn FROM sync_move UNION SELECT new_ssn FROM sync_move WHERE is_open
)
SELECT
    (SELECT count(*) FROM sync_shadow WHERE base IS NOT NULL),
    (
        SELECT count(*) FROM (
            SELECT ssn FROM sync_shadow WHERE held ->> 'reason' = 'deletions'
            UNION
            (
                SELECT ssn FROM sync_shadow WHERE base IS NULL AND tombstone IS NOT NULL AND read_time >= %s
                UNION
                SELECT ssn FROM membership_membersyncqueue AS queue
                WHERE sync_status IN ('pending', 'synced', 'failed') AND created_at > now() - interval '1 day'
                  AND action = 'delete' AND changed_by <> 'sync'
                  AND NOT EXISTS (
                      SELECT 1 FROM sync_shadow AS shadow WHERE shadow.ssn = queue.ssn AND shadow.erased
                  )
                EXCEPT
                SELECT ssn FROM moving
            )
        ) AS deleted
        WHERE NOT ssn = ANY(%s)
    )
