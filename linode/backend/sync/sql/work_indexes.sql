-- Work in progress is found along indexes of its own: small, whatever the history beside it, and so plainly
-- the best that a plan made on old statistics takes them too.
DROP INDEX queue_due;
CREATE INDEX queue_pending_order ON membership_membersyncqueue (created_at, id) WHERE sync_status = 'pending';
CREATE INDEX queue_pending_member ON membership_membersyncqueue (ssn) WHERE sync_status = 'pending';
CREATE INDEX intent_live_member ON sync_intent (ssn) WHERE live;
