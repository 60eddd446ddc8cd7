"""The host's backups: each is one encrypted archive; old ones are thinned out, and all are copied elsewhere.

The database's log and base backups, which pgBackRest keeps, are copied as they come.

Runs as root with the system's own Python (3.6 or newer) and nothing beside its standard library, `age` and
`openssl`, because a backup must not need a site that is well. `ekklesia-backup --help` lists the commands.
"""
