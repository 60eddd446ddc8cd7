-- How many rows could be claimed now; counted only so far, since it is asked with every claim.
-- Parameter: where counting ends.
SELECT count(*) FROM (
    SELECT 1 FROM membership_membersyncqueue
    WHERE sync_status = 'pending' AND next_attempt_at <= now()
      AND (leased_until IS NULL OR leased_until < now())
    LIMIT %s
) AS due
