"""`ekklesia-backup COMMAND`: what timers and `fab backup` run on the host, as root."""

import argparse
import json
import os
import subprocess
import sys

from ekklesia_backup import archive, archiver, configuration, folder, offsite
from ekklesia_backup import follow as following
from ekklesia_backup.errors import BackupError

COPY_UNIT = "ekklesia-backup-copy.service"


def make(settings, arguments):
    """Make an archive, thin out the old ones and have the new one copied; print its path."""
    with folder.locked(settings.folder, "make"):
        path = archive.make(settings, arguments.reason)
        folder.thin_out(settings.folder, settings.rule)
    subprocess.run(["systemctl", "--no-block", "start", COPY_UNIT], check=False)
    print(path)


def copy(settings, _arguments):
    """Copy off the host what is not copied yet; print the names."""
    place = configuration.load_offsite()
    if place is None:
        print("no place off the host is set")
        return
    with folder.locked(settings.folder, "copy"):
        for name in offsite.copy_all(settings.folder, folder.names(settings.folder), place):
            print("copied {}".format(name))


def check(settings, arguments):
    """Fail unless an archive is there and matches its checksum."""
    if not archive.is_whole(os.path.join(settings.folder, arguments.name)):
        raise BackupError("{} is damaged: its checksum differs or is missing".format(arguments.name))


def follow(settings, _arguments):
    """Copy PostgreSQL's log and base backups off the host as they come, until this process is ended."""
    following.follow(settings, configuration.load_offsite)


def show(settings, _arguments):
    """Print what there is, as JSON."""
    place, refusal = None, ""
    try:
        place = configuration.load_offsite()
    except BackupError as error:
        refusal = str(error)
    told = folder.describe(settings.folder, place, refusal)
    recovery = dict(following.describe(settings), archiver=archiver.complaint(settings.database))
    print(json.dumps(dict(told, recovery=recovery)))


def parser():
    """The command line."""
    top = argparse.ArgumentParser(prog="ekklesia-backup", description=__doc__)
    commands = top.add_subparsers(dest="command")
    commands.required = True
    for operation, argument in (
        (make, "reason"),
        (copy, None),
        (follow, None),
        (check, "name"),
        (show, None),
    ):
        command = commands.add_parser(
            "list" if operation is show else operation.__name__, help=operation.__doc__
        )
        if argument:
            command.add_argument(argument)
        command.set_defaults(operation=operation)
    return top


def main():
    """Do what the command line asks for; a failure is one line on standard error."""
    arguments = parser().parse_args()
    try:
        arguments.operation(configuration.load(), arguments)
    except BackupError as error:
        sys.exit("ekklesia-backup: {}".format(error))


if __name__ == "__main__":
    main()
