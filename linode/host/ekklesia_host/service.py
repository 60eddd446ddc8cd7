"""The site's service: restart it, switch it to a release, show its logs and what only root can see of it."""

import json
import os
import re
import shutil
import subprocess

from ekklesia_host import checks, programs
from ekklesia_host.errors import HostError

ACCESS_LOG = "/var/log/nginx/access.log"
FIVE_HUNDRED = re.compile(r'^[^\[]*\[([^\]]+)\][^"]*"[^"]*" 5[0-9]{2} ')
MOST_LINES = 5000
LAST_DAY = ["--since=-24h", "--output=cat", "--quiet", "--no-pager"]


def restart(settings, _request):
    """Restart gunicorn. Requests under way are finished, new ones wait in systemd's socket."""
    return programs.run(["systemctl", "restart", settings.service])


def switch(settings, request):
    """Make `current` lead to a release, in one step: there is no moment without one."""
    target = settings.folder(request["release"])
    if not os.path.exists(target + "/RELEASE"):
        raise HostError("there is no complete release {}".format(request["release"]))
    new = settings.current + ".new"
    if os.path.lexists(new):
        os.remove(new)
    os.symlink(target, new)
    os.rename(new, settings.current)
    return 0


def remove_release(settings, request):
    """Remove a release that does not serve, or what is left of one, whoever owns the files in it."""
    name = request["release"]
    target = settings.folder(name)
    if os.path.realpath(settings.current) == os.path.realpath(target):
        raise HostError("{} serves".format(name))
    partial = "{}/.partial-{}".format(settings.releases, name)
    for path in (target, partial, partial + ".tar.gz"):
        if os.path.isdir(path) and not os.path.islink(path):
            # It follows no link, even if somebody puts one there meanwhile (shutil, avoids_symlink_attacks).
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)
    return 0


def logs(_settings, request):
    """Show the end of a unit's log; with `follow`, go on as lines come."""
    unit = request["unit"]
    if programs.output(["systemctl", "show", "--property=LoadState", "--value", unit]).strip() == "not-found":
        raise HostError("there is no unit {}".format(unit))
    words = ["journalctl", "--no-pager", "--output=short-iso", "--lines=" + request["lines"]]
    words += ["--unit=" + unit] + (["--follow"] if request["follow"] == "yes" else [])
    return programs.run(words, stdin=subprocess.DEVNULL)


def status(settings, _request):
    """Print, as JSON, what only root can see of how the host is."""
    told = {
        "certificate": _certificate(settings),
        "checks": checks.complaints(settings),
        "log_errors": len(_errors(settings)),
        "server_errors": _server_errors(),
    }
    print(json.dumps(told))
    return 0


def provisioned(settings, _request):
    """Print what the last provisioning was (`deploy/provision/digest.py`); empty if it did not end."""
    try:
        with open(settings.provisioned, encoding="utf-8") as file:
            print(file.read().strip())
    except FileNotFoundError:
        print("")
    return 0


def _certificate(settings):
    """Until when it is valid, as openssl prints it; empty if it cannot be read."""
    chain = settings.tls + "/fullchain.pem"
    try:
        said = programs.output(["openssl", "x509", "-enddate", "-noout", "-in", chain])
    except HostError:
        return ""
    return said.strip().partition("=")[2]


def _errors(settings):
    """The lines of the last day that tell of errors; gunicorn's are told by the word that they begin with."""
    own = _journal(["--unit=" + settings.service, "--grep=^(ERROR|CRITICAL)"])
    units = [settings.service, "nginx", "postgresql"]
    return own + _journal(["--priority=err"] + ["--unit=" + unit for unit in units])


def _journal(options):
    done = subprocess.run(
        ["journalctl"] + LAST_DAY + options,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
        check=False,
    )
    return done.stdout.splitlines()


def _server_errors():
    """When the last answers 500 to 599 were given, as nginx writes it."""
    moments = []
    for path in (ACCESS_LOG + ".1", ACCESS_LOG):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                moments += [found.group(1) for found in map(FIVE_HUNDRED.match, file) if found]
        except FileNotFoundError:
            continue
    return moments[-MOST_LINES:]
