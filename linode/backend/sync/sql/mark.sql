-- Raises the member's revision and queues the change; changes of one transaction share a row.
-- Replaces the function of this name in capture.sql.
--
-- Its statements are planned once in a session, perhaps in the middle of a large import. The statistics then
-- know none of the import's rows, and every index looks equally good. So only one plan is left possible:
-- * no index helps to find `created_at + interval '0'`, which leaves the index that begins with `ssn`;
-- * `enable_seqscan = off`: the table is not read whole, even if it was empty when the statement was planned.
CREATE OR REPLACE FUNCTION sync_mark(member_ssn varchar, comrade_id integer, what varchar, changes jsonb) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    new_rev bigint;
    editor varchar := coalesce(nullif(current_setting('ekklesia.editor', true), ''), session_user);
BEGIN
    INSERT INTO sync_shadow AS shadow (ssn, rev, base, tombstone, read_time, erased)
    VALUES (member_ssn, 1, NULL, NULL, 0, false)
    ON CONFLICT (ssn) DO UPDATE SET rev = shadow.rev + 1
    RETURNING rev INTO new_rev;

    UPDATE membership_membersyncqueue AS queue
    SET rev = new_rev,
        sync_status = 'pending',
        changed_by = editor,
        member_id = sync_mark.comrade_id,
        fields_changed = CASE WHEN what = 'delete' THEN '{}' ELSE queue.fields_changed || changes END,
        action = CASE
            WHEN what = 'delete' THEN 'delete'
            WHEN what = 'create' AND queue.action = 'delete' THEN 'update'
            WHEN queue.action = 'create' THEN 'create'
            ELSE what
        END
    WHERE queue.ssn = member_ssn AND queue.created_at + interval '0' = now();
    IF FOUND THEN
        RETURN;
    END IF;

    INSERT INTO membership_membersyncqueue (
        member_id, ssn, action, fields_changed, changed_by, rev,
        sync_status, created_at, retry_count, next_attempt_at, leased_by, dead
    ) VALUES (
        sync_mark.comrade_id, member_ssn, what, changes, editor, new_rev,
        'pending', now(), 0, now(), '', false
    );
END
$$
