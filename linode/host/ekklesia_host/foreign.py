"""What others' files change of how sshd, nginx and systemd were set up; each is told with its place.

Files of ours that were edited are `written.py`'s. What Debian's packages brought is as it should be.
"""

import glob
import json
import os
import re
import subprocess

from ekklesia_host import programs
from ekklesia_host.errors import HostError

SSHD = "/etc/ssh/sshd_config"
OWN_SSHD = "/etc/ssh/sshd_config.d/10-ekklesia.conf"
LETS_IN = frozenset(
    ["authorizedkeyscommand", "authorizedprincipalscommand", "authorizedprincipalsfile", "trustedusercakeys"]
)
"""What our file does not say, and what would let in others than it lists."""
ELSEWHERE = "host=elsewhere,addr=192.0.2.1"
"""A client whose name and address no rule of ours is about."""
NGINX_FILE = re.compile(r"^# configuration file (.+):$", re.MULTILINE)
UNITS = ("gunicorn.service", "gunicorn.socket", "nginx", "postgresql", "nftables", "ssh", "ekklesia-*")
SHOWN = 3


def sshd(settings):
    """What sshd does for one of our users, for root or for anybody that its own file of ours does not say."""
    kept = _keywords(OWN_SSHD) | LETS_IN
    found = {}
    for user in (settings.deployer, settings.provisioner, "root", "anybody"):
        who = "user={},{}".format(user, ELSEWHERE)
        wanted, present = _effective(["-f", OWN_SSHD, "-C", who]), _effective(["-C", who])
        for word in sorted(kept):
            if wanted.get(word) != present.get(word):
                found.setdefault("{} {}".format(word, present.get(word)), []).append(user)
    told = ["{} for {}{}".format(what, ", ".join(found[what]), _said_in(what)) for what in sorted(found)]
    return _shown(told + _matching(kept))


def files(settings):
    """What nginx or a unit of ours reads that neither we nor a package of Debian's put there."""
    loaded = set() if os.path.exists(settings.previous_site + "/serves") else _read_by_nginx()
    loaded |= _added_to_units()
    known = _written(settings.written)
    unknown = sorted(name for name in loaded if os.path.realpath(name) not in known)
    debians = _brought_by_packages(unknown)
    return _shown([name for name in unknown if not debians & {name, os.path.realpath(name)}])


def _effective(options):
    """Keyword -> value, as sshd would have it."""
    lines = programs.output(["sshd", "-T"] + options).splitlines()
    return dict(line.lower().partition(" ")[::2] for line in lines)


def _keywords(path):
    with open(path, encoding="utf-8") as file:
        return {_keyword(line) for line in file} - {"", "match"}


def _keyword(line):
    words = re.split(r"[\s=]+", line.strip(), maxsplit=1)
    return "" if line.lstrip().startswith("#") else words[0].lower()


def _others():
    """The lines of all files of sshd's that are not ours, each with its file."""
    for path in [SSHD] + sorted(glob.glob(SSHD + ".d/*.conf")):
        if path != OWN_SSHD:
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    yield path, line


def _said_in(what):
    """Which of the others' files name a keyword, in brackets."""
    word = what.partition(" ")[0]
    named = sorted({path for path, line in _others() if _keyword(line) == word})
    return " ({})".format(", ".join(named)) if named else ""


def _matching(kept):
    """The others' files that say something for some clients only, which cannot be tried for all of them."""
    found, inside = set(), ""
    for path, line in _others():
        if _keyword(line) == "match":
            inside = "" if line.split()[1:] == ["all"] else path
        elif inside == path and _keyword(line) in kept:
            found.add(path)
    return ["a `Match` in {}".format(path) for path in sorted(found)]


def _read_by_nginx():
    try:
        return set(NGINX_FILE.findall(programs.output(["nginx", "-T", "-q"])))
    except HostError:
        return set()  # The check of nginx's own tells why.


def _added_to_units():
    told = programs.output(["systemctl", "show", "--property=DropInPaths", "--value"] + list(UNITS))
    return set(told.split())


def _written(path):
    """The files that provisioning keeps, as links lead to them; none if that is not known."""
    try:
        with open(path, encoding="utf-8") as file:
            return {os.path.realpath(name) for name in json.load(file)}
    except (OSError, ValueError):
        return set()


def _brought_by_packages(names):
    """Which of these files, or of those to which they lead, came with a package."""
    words = ["dpkg-query", "--search"] + sorted(set(names) | set(map(os.path.realpath, names)))
    # It ends with 1 if a single one is unknown, and tells of the others all the same.
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True, check=False
    )
    return {line.partition(": ")[2] for line in done.stdout.splitlines()}


def _shown(told):
    more = ["{} more".format(len(told) - SHOWN)] if len(told) > SHOWN else []
    return ", ".join(told[:SHOWN] + more)
