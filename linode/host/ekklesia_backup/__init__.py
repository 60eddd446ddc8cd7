"""Backups, as the host makes and keeps them: one encrypted archive each, thinned by age, copied elsewhere.

Runs as root with the system's own Python (3.6 or newer) and nothing beside its standard library, `age` and
`openssl`: a backup must not need a site that is well. `ekklesia-backup --help` says what it does.
"""
