"""What `fab provision` keeps on this host, held against what it wrote down of each file and folder."""

import grp
import hashlib
import json
import os
import pwd
import stat

SHOWN = 3


def complaint(path):
    """Which of them differ, in one line; empty if none does."""
    try:
        with open(path, encoding="utf-8") as file:
            wanted = json.load(file)
    except (OSError, ValueError) as error:
        return "what was set up is not known: {}".format(error)
    found = [line for line in (_difference(name, wanted[name]) for name in sorted(wanted)) if line]
    more = ["{} more".format(len(found) - SHOWN)] if len(found) > SHOWN else []
    return ", ".join(found[:SHOWN] + more)


def _difference(name, wanted):
    """What is wrong with one file or folder; empty if nothing is."""
    try:
        found = os.stat(name)
        if "sha256" in wanted and (not stat.S_ISREG(found.st_mode) or _sha256(name) != wanted["sha256"]):
            return "{} was changed".format(name)
    except OSError as error:
        return "{}: {}".format(name, (error.strerror or str(error)).lower())
    if "{:o}".format(stat.S_IMODE(found.st_mode)) != wanted["mode"]:
        return "{} has another mode".format(name)
    owner = (_name(pwd.getpwuid, found.st_uid), _name(grp.getgrgid, found.st_gid))
    return "" if owner == (wanted["owner"], wanted["group"]) else "{} is another's".format(name)


def _name(look_up, number):
    try:
        return look_up(number)[0]
    except KeyError:
        return ""


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
