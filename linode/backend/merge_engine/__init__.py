"""What the sync decides, free of Django and of every database: how the two sides of a member are merged.

It owns the merge, the guards around it and the table of synced fields. The Django app `sync` reads, locks and
writes PostgreSQL for it; the tests do the same in memory.
"""
