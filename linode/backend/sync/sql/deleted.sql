-- Of these, who was deleted by the last change that the trigger captured.
-- Parameters: kennitalas, who is noted for rows that the sync makes itself.
SELECT ssn FROM (
    SELECT DISTINCT ON (ssn) ssn, action FROM membership_membersyncqueue
    WHERE ssn = ANY(%s) AND changed_by <> %s
    ORDER BY ssn, rev DESC, id DESC
) AS last
WHERE action = 'delete'
