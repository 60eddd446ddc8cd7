-- How many rows could be claimed now. Each claim asks this, so the counting has a limit.
-- Parameter: the limit.
SELECT count(*) FROM (
    SELECT 1 FROM membership_membersyncqueue
    WHERE sync_status = 'pending'
      AND (next_attempt_at <= now() OR next_attempt_at > now() + interval '1 hour')
      AND (leased_until IS NULL OR NOT leased_until BETWEEN now() AND now() + interval '1 hour')
    LIMIT %s
) AS due
