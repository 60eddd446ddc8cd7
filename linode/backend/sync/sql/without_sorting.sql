-- For the rest of the transaction the planner takes an index that has the order wanted, whatever it believes
-- about the number of rows: in the middle of a large import it knows of none of them.
SET LOCAL enable_sort = off
