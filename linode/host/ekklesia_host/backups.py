"""Backups: the backup program does the work; here are the words that others may say to it."""

import os
import shutil
import sys

from ekklesia_host import programs
from ekklesia_host.errors import HostError


def make(settings, request):
    """Have a backup made, and print its path."""
    return programs.run([settings.backup_command, "make", request["reason"]])


def copy(settings, _request):
    """Copy what is not copied yet, and wait for that."""
    return programs.run(["systemctl", "start", settings.backup_copy_service])


def list_all(settings, _request):
    """Print what there is, as JSON."""
    return programs.run([settings.backup_command, "list"])


def check(settings, request):
    """Fail unless a backup matches its checksum."""
    return programs.run([settings.backup_command, "check", request["name"]])


def read(settings, request):
    """Print a backup, encrypted as it is."""
    return _print(os.path.join(settings.backups, request["name"]))


def checksum(settings, request):
    """Print a backup's checksum."""
    return _print(os.path.join(settings.backups, request["name"] + ".sha256"))


def _print(path):
    try:
        with open(path, "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    except FileNotFoundError:
        raise HostError("there is no {}".format(os.path.basename(path)))
    return 0
