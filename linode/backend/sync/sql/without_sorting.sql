-- For the rest of the transaction, the planner uses an index that has the wanted order instead of sorting. In
-- the middle of a large import it knows none of the rows, and would sort them all.
SET LOCAL enable_sort = off
