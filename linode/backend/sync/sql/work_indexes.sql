-- Partial indexes for work in progress. They stay small however long the history grows, so the planner
-- chooses them even if the statistics are old.
DROP INDEX queue_due;
CREATE INDEX queue_pending_order ON membership_membersyncqueue (created_at, id) WHERE sync_status = 'pending';
CREATE INDEX queue_pending_member ON membership_membersyncqueue (ssn) WHERE sync_status = 'pending';
CREATE INDEX intent_live_member ON sync_intent (ssn) WHERE live;
