"""Backups: those on the host, and opening, restoring and rehearsing one with the offline key."""
