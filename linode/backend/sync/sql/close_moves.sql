-- Nothing is left at these old numbers; their shadows, and those of the new ones, have their own read time again
-- once no other open move needs them. A number that has been given to somebody else leads nowhere any more.
-- Parameters: list of kennitalas, twice.
WITH closed AS (
    UPDATE sync_move SET is_open = false WHERE old_ssn = ANY(%s) AND is_open RETURNING old_ssn, new_ssn, read_time
), times AS (
    SELECT number, max(read_time) AS read_time
    FROM (SELECT old_ssn AS number, read_time FROM closed UNION ALL SELECT new_ssn, read_time FROM closed) AS ends
    GROUP BY number
)
UPDATE sync_shadow AS shadow SET read_time = times.read_time
FROM times
WHERE shadow.ssn = times.number AND shadow.read_time = 9223372036854775807
  AND NOT EXISTS (
      SELECT 1 FROM sync_move AS other
      WHERE other.is_open AND NOT other.old_ssn = ANY(%s) AND times.number IN (other.old_ssn, other.new_ssn)
  )
