-- How many members both sides agreed on, and how many others have been deleted, or held back, since then.
-- Parameters: time in nanoseconds, the reason on the rows of those who are held, kennitalas to leave out.
SELECT
    (SELECT count(*) FROM sync_shadow WHERE base IS NOT NULL),
    (SELECT count(*) FROM (
        SELECT ssn FROM sync_shadow WHERE base IS NULL AND tombstone IS NOT NULL AND read_time >= %s
        UNION
        SELECT ssn FROM membership_membersyncqueue WHERE sync_status = 'pending' AND error_message = %s
    ) AS deleted WHERE NOT ssn = ANY(%s))
