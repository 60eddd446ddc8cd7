"""The previous site of a host that was built by hand: scripts that provisioning left, run by their names."""

import json
import os
import subprocess

from ekklesia_host import programs
from ekklesia_host.errors import HostError


def tell(settings, _request):
    """Print, as JSON, whether there is a previous site, and whether nginx leads to it."""
    kept = settings.previous_site
    told = {"set_aside": os.path.exists(kept + "/sites"), "serves": os.path.exists(kept + "/serves")}
    print(json.dumps(told))
    return 0


def copy(settings, _request):
    """Copy its register into ours, if that is empty, and let it only be read from then on.

    Prints `copied`, or `there` if ours is not empty.
    """
    return _run(settings, "copy")


def take_over(settings, _request):
    """Lead nginx to our site."""
    return _run(settings, "take-over")


def retire(settings, _request):
    """Stop its gunicorn, which serves nobody any more; nothing if there never was a previous site."""
    if not settings.previous_database:
        return 0
    return _run(settings, "retire")


def give_back(settings, _request):
    """Let it be written again, and lead nginx to it."""
    return _run(settings, "give-back")


def put_away(settings, _request):
    """Stop our site and put our register away."""
    return _run(settings, "put-away")


def _run(settings, name):
    if not settings.previous_database:
        raise HostError("the setting previousSite.database is not set; set it, and `fab provision`")
    script = "{}/{}.sh".format(settings.previous_site_scripts, name)
    return programs.run(["sh", script], stdin=subprocess.DEVNULL)
