"""Writes everything that follows from the field map, the one table of synced fields (`make fields`)."""
