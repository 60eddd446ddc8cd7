"""Makes room: what can be fetched again, and the old part of the journal."""

import shutil

from ekklesia_host import programs

JOURNAL_MEGABYTES = 64
COMMANDS = (
    ["apt-get", "clean"],
    ["journalctl", "--quiet", "--vacuum-size={}M".format(JOURNAL_MEGABYTES)],
)


def make(_settings, _request):
    """Remove fetched packages and the old part of the journal; prints how much room that made."""
    before = shutil.disk_usage("/var").free
    complaints = [told for told in map(programs.complaint, COMMANDS) if told]
    freed = max(shutil.disk_usage("/var").free - before, 0) // (1024 * 1024)
    print("; ".join(["{} MiB of packages and journal".format(freed)] + complaints))
    return 0
