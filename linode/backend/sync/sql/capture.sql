-- Captures every change of a synced column in the transaction that makes it.
-- Two settings of the transaction control it:
--   ekklesia.applying = 'on'   the sync itself is writing: nothing is queued
--   ekklesia.editor            who is editing (else the database user)

-- The synced columns that differ between two states of a row, with their new values. Empty text counts as null.
CREATE FUNCTION sync_changes(before jsonb, after jsonb, columns text[]) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(name, after -> name), '{}')
    FROM unnest(columns) AS name
    WHERE nullif(nullif(before -> name, 'null'), '""') IS DISTINCT FROM nullif(nullif(after -> name, 'null'), '""')
$$;

-- Raises the member's revision and queues the change; changes of one transaction share a row. (See mark.sql.)
CREATE FUNCTION sync_mark(member_ssn varchar, comrade_id integer, what varchar, changes jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    new_rev bigint;
    editor varchar := coalesce(nullif(current_setting('ekklesia.editor', true), ''), session_user);
BEGIN
    INSERT INTO sync_shadow AS shadow (ssn, rev, base, tombstone, read_time, erased)
    VALUES (member_ssn, 1, NULL, NULL, 0, false)
    ON CONFLICT (ssn) DO UPDATE SET rev = shadow.rev + 1
    RETURNING rev INTO new_rev;

    -- Not by the status: a large import would be planned, once and for all, to walk all its own pending rows.
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
    WHERE queue.ssn = member_ssn AND queue.created_at = now();
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
$$;

-- Trigger of membership_comrade; its arguments are the synced columns.
CREATE FUNCTION sync_capture_member() RETURNS trigger
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

-- Queues a change of a row that belongs to a member. If the member is gone, the deletion is queued already.
CREATE FUNCTION sync_mark_owner(owner integer, changes jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    owner_ssn varchar;
BEGIN
    SELECT ssn INTO owner_ssn FROM membership_comrade WHERE id = owner;
    IF FOUND AND changes <> '{}' THEN
        PERFORM sync_mark(owner_ssn, owner, 'update', changes);
    END IF;
END
$$;

-- Trigger of the tables that hold more of a member; its arguments are the synced columns.
CREATE FUNCTION sync_capture_detail() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('ekklesia.applying', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.comrade_id = OLD.comrade_id THEN
        PERFORM sync_mark_owner(NEW.comrade_id, sync_changes(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV));
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM sync_mark_owner(OLD.comrade_id, sync_changes(to_jsonb(OLD), '{}', TG_ARGV));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM sync_mark_owner(NEW.comrade_id, sync_changes('{}', to_jsonb(NEW), TG_ARGV));
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER sync_capture AFTER INSERT OR UPDATE OR DELETE ON membership_comrade
FOR EACH ROW EXECUTE PROCEDURE sync_capture_member(
    'id', 'ssn', 'name', 'birthday', 'date_joined', 'reachable', 'groupable', 'gender', 'housing_situation', 'status'
);
CREATE TRIGGER sync_capture AFTER INSERT OR UPDATE OR DELETE ON membership_contactinfo
FOR EACH ROW EXECUTE PROCEDURE sync_capture_detail('email', 'phone');
CREATE TRIGGER sync_capture AFTER INSERT OR UPDATE OR DELETE ON membership_simpleaddress
FOR EACH ROW EXECUTE PROCEDURE sync_capture_detail('street_address', 'postal_code', 'city');
