DROP TRIGGER sync_capture ON membership_simpleaddress;
DROP TRIGGER sync_capture ON membership_contactinfo;
DROP TRIGGER sync_capture ON membership_comrade;
DROP FUNCTION sync_capture_detail();
DROP FUNCTION sync_mark_owner(integer, jsonb);
DROP FUNCTION sync_capture_member();
DROP FUNCTION sync_mark(varchar, integer, varchar, jsonb);
DROP FUNCTION sync_changes(jsonb, jsonb, text[]);
