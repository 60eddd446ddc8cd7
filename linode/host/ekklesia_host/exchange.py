"""Finishes an exchange of the live database and files for restored ones, or takes it back.

A restore announces it: a file of root's names the restored database by the number that PostgreSQL gave it.
The exchange of the two databases is one transaction, and the files follow it. So the number of the database
that is live says how far it came. Each step here can be repeated; without an announcement nothing is done.
"""

import os
import re
import shutil

from ekklesia_host import programs
from ekklesia_host.database import AS_SUPERUSER
from ekklesia_host.errors import HostError

NUMBER = "SELECT oid FROM pg_database WHERE datname = :'name'"
LET_IN = """SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', datname)
FROM pg_database WHERE datname IN (:'name', :'before') \\gexec
"""


def finish(settings, _request):
    """Finish an interrupted exchange of databases; prints how it ended, or nothing if none was announced."""
    announced = _announced(settings)
    if not announced:
        return 0
    _ask(settings, LET_IN)
    done = _ask(settings, NUMBER).strip() == announced
    if done:
        _exchange_media(settings)
    os.remove(settings.exchange)
    print("exchanged" if done else "taken back: the database that was live is")
    return 0


def _announced(settings):
    """The number of the database that is to be the live one; empty if nothing was announced."""
    try:
        with open(settings.exchange, encoding="ascii") as file:
            number = file.read().strip()
    except FileNotFoundError:
        return ""
    if not re.fullmatch("[0-9]+", number):
        raise HostError("{} does not hold a number".format(settings.exchange))
    return number


def _exchange_media(settings):
    """The files that were live stay under another name, until the next restore."""
    if not os.path.isdir(settings.media_restored):
        return
    if os.path.isdir(settings.media):
        if os.path.isdir(settings.media_before_restore):
            shutil.rmtree(settings.media_before_restore)
        os.rename(settings.media, settings.media_before_restore)
    os.rename(settings.media_restored, settings.media)


def _ask(settings, query):
    names = ["--set", "name=" + settings.database, "--set", "before=" + settings.database + "_before_restore"]
    return programs.output(AS_SUPERUSER + names, query)
