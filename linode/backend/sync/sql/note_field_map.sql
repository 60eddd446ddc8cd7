-- Remembers the field map that the cloud tells. Parameter: its text.
INSERT INTO sync_cloudfieldmap AS known (id, told, since, heard_at)
VALUES (1, %s, now(), now())
ON CONFLICT (id) DO UPDATE SET
    since = CASE WHEN known.told = excluded.told THEN known.since ELSE now() END,
    told = excluded.told,
    heard_at = now()
