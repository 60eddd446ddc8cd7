-- The moves that begin or end at one of these numbers. Parameters: list of kennitalas, twice.
SELECT old_ssn, new_ssn, is_open, read_time FROM sync_move WHERE old_ssn = ANY(%s)
UNION
SELECT old_ssn, new_ssn, is_open, read_time FROM sync_move WHERE new_ssn = ANY(%s)
ORDER BY old_ssn
