-- Notes a corrected kennitala, in the transaction that corrects it. (See merge_engine/moves.py.)
-- 9223372036854775807 as read time: code that knows of no moves finds every read too old, and waits.

CREATE FUNCTION sync_note_move(earlier varchar, present varchar) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    editor varchar := coalesce(nullif(current_setting('ekklesia.editor', true), ''), session_user);
    last_read bigint;
BEGIN
    INSERT INTO sync_shadow (ssn, rev, read_time, erased)
    SELECT ssn, 0, 0, false FROM unnest(ARRAY[earlier, present]) AS ssn ORDER BY ssn ON CONFLICT DO NOTHING;
    SELECT max(read_time) INTO last_read FROM (
        SELECT read_time FROM sync_move
        WHERE old_ssn IN (earlier, present) OR new_ssn IN (earlier, present)
        UNION ALL
        SELECT nullif(read_time, 9223372036854775807) FROM sync_shadow WHERE ssn IN (earlier, present)
    ) AS known;
    DELETE FROM sync_move WHERE old_ssn = present;
    UPDATE sync_move SET new_ssn = present WHERE new_ssn = earlier;
    INSERT INTO sync_move (old_ssn, new_ssn, is_open, read_time, moved_at, moved_by)
    VALUES (earlier, present, true, coalesce(last_read, 0), now(), editor)
    ON CONFLICT (old_ssn) DO UPDATE SET
        new_ssn = excluded.new_ssn, is_open = true, read_time = excluded.read_time,
        moved_at = excluded.moved_at, moved_by = excluded.moved_by;
    UPDATE sync_shadow SET read_time = 9223372036854775807 WHERE ssn IN (earlier, present);
    UPDATE sync_conflict SET ssn = present WHERE ssn = earlier;
END
$$;

-- Replaces the function of this name in capture.sql: a changed kennitala is a move. Whoever is entered with a
-- number that nobody has any more ends what was known of its earlier holder.
CREATE OR REPLACE FUNCTION sync_capture_member() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changes jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE membership_membersyncqueue SET member_id = NULL WHERE member_id = OLD.id;
    ELSIF TG_OP = 'INSERT' THEN
        DELETE FROM sync_move WHERE old_ssn = NEW.ssn AND NOT is_open;
    END IF;
    IF current_setting('ekklesia.applying', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM sync_mark(OLD.ssn, NULL, 'delete', '{}');
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM sync_mark(NEW.ssn, NEW.id, 'create', sync_changes('{}', to_jsonb(NEW), TG_ARGV));
    ELSIF NEW.ssn <> OLD.ssn THEN
        PERFORM sync_mark(OLD.ssn, NULL, 'delete', '{}');
        PERFORM sync_mark(NEW.ssn, NEW.id, 'create', sync_changes('{}', to_jsonb(NEW), TG_ARGV));
        PERFORM sync_note_move(OLD.ssn, NEW.ssn);
    ELSE
        changes := sync_changes(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV);
        IF changes <> '{}' THEN
            PERFORM sync_mark(NEW.ssn, NEW.id, 'update', changes);
        END IF;
    END IF;
    RETURN NULL;
END
$$
