DROP INDEX intent_live_member;
DROP INDEX queue_pending_member;
DROP INDEX queue_pending_order;
CREATE INDEX queue_due ON membership_membersyncqueue (next_attempt_at) WHERE sync_status = 'pending';
