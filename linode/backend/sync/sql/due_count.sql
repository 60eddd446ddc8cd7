-- How many rows could be claimed now.
SELECT count(*) FROM membership_membersyncqueue
WHERE sync_status = 'pending' AND next_attempt_at <= now() AND (leased_until IS NULL OR leased_until < now())
