"""The program that makes, thins out and copies backups on the host, and when it runs."""

from __future__ import annotations

import json

from deploy.provision.operations import Operation, absent, directory, file, unit
from deploy.provision.recovery import SAME_COPIER
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack
from deploy.remote.templates import FOLDER, render

UNITS = "/etc/systemd/system"
TIMERS = ("ekklesia-backup", "ekklesia-backup-copy")
PACKAGE = "ekklesia_backup"
COMMAND = f"""\
#!/bin/sh
# Start in a folder into which only root can put modules.
cd /
PYTHONPATH={layout.PROGRAMS} exec python3 -B -m {PACKAGE} "$@"
"""


def require_recipient(stack: Stack) -> None:
    """Raise DeployError if nobody would be able to open a backup."""
    if stack.linode.backup.recipient is None:
        raise DeployError(
            "backup.recipient is not set: make the offline key first (docs/production.md) and put its public"
            " half there"
        )


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """The program, its settings and its timers: a backup each night, a try to copy each hour."""
    package = f"{layout.PROGRAMS}/{PACKAGE}"
    sources = sorted((FOLDER / PACKAGE).glob("*.py"))
    reload = "systemctl daemon-reload"
    units = [f"{name}.{kind}" for name in TIMERS for kind in ("service", "timer")]
    return [
        directory(layout.PROGRAMS),
        directory(package),
        *(file(f"{package}/{source.name}", source.read_text(), then=SAME_COPIER) for source in sources),
        file(layout.BACKUP_COMMAND, COMMAND, mode="755"),
        file(layout.BACKUP_SETTINGS, _told(settings), mode="600", then=SAME_COPIER),
        *(file(f"{UNITS}/{name}", render(_template(name), settings), then=reload) for name in units),
        *(unit(f"{name}.timer") for name in TIMERS),
    ]


def places_state(stack: Stack) -> list[Operation]:
    """Where copies may go, whatever the user who deploys sends later; nowhere if the stack does not say."""
    if stack.copies is None:
        return [absent(layout.COPY_PLACES)]
    return [file(layout.COPY_PLACES, json.dumps(stack.copies, indent=1, sort_keys=True) + "\n")]


def _told(settings: LinodeSettings) -> str:
    """What the program reads (`configuration.Settings`)."""
    backup = settings.backup
    content = {
        "recipient": backup.recipient,
        "database": layout.DATABASE,
        "media": layout.MEDIA,
        "release": layout.CURRENT,
        "folder": layout.BACKUPS,
        "repository": layout.REPOSITORY,
        "rule": backup.model_dump(exclude={"recipient"}),
    }
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def _template(unit_name: str) -> str:
    return unit_name.removeprefix("ekklesia-")
