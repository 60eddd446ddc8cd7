-- Back to the function of capture.sql; what is open becomes a deletion and a creation, which are queued already.
CREATE OR REPLACE FUNCTION sync_capture_member() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changes jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE membership_membersyncqueue SET member_id = NULL WHERE member_id = OLD.id;
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
    ELSE
        changes := sync_changes(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV);
        IF changes <> '{}' THEN
            PERFORM sync_mark(NEW.ssn, NEW.id, 'update', changes);
        END IF;
    END IF;
    RETURN NULL;
END
$$;
UPDATE sync_shadow AS shadow SET read_time = move.read_time
FROM sync_move AS move
WHERE shadow.ssn IN (move.old_ssn, move.new_ssn) AND shadow.read_time = 9223372036854775807;
DROP FUNCTION sync_note_move(varchar, varchar)
