"""The tables of the register and of the sync, by their own names: so none can be missing from a list of them.

Django calls a model's table after its app. `linode/backend/sync/tests/test_table_names.py` shows that no model
of these two apps has another name.
"""

from __future__ import annotations

OURS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(membership|sync)_'"
"""A query of the names."""
EMPTY = f"""
    DO $$ BEGIN EXECUTE (
        SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY CASCADE'
        FROM ({OURS}) AS ours
    ); END $$
"""  # noqa: S608 - the query is this module's own
"""As if there had never been a member, nor a cloud."""
