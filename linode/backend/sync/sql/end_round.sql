-- A run has compared up to a kennitala, or to the end. Parameters: the kennitala or '', whether to the end.
WITH told AS (SELECT %s::varchar AS after, %s::boolean AS is_whole)
UPDATE sync_comparisonround SET
    after = told.after,
    completed_at = CASE WHEN told.is_whole THEN now() ELSE completed_at END,
    running_since = NULL
FROM told
