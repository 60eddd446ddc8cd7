"""The program by which the user who deploys has things done as root, its settings, and that user's sudo."""

from __future__ import annotations

import json

from deploy.provision.operations import Operation, directory, ensure, file
from deploy.remote import layout, verbs
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import FOLDER, render

PACKAGE = "ekklesia_host"
COMMAND = f"""\
#!/usr/bin/python3 -IB
import sys

sys.path.insert(0, "{layout.PROGRAMS}")
from {PACKAGE}.__main__ import main

main()
"""
SCRIPTS = ("copy", "give-back", "put-away", "retire", "take-over")
"""What can be done to a previous site (`linode/host/previous-site-NAME.sh`)."""


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """Only root can change the program or what it reads, and sudo lets its user run nothing else."""
    package = f"{layout.PROGRAMS}/{PACKAGE}"
    sources = sorted(path for path in (FOLDER / PACKAGE).iterdir() if path.suffix in {".py", ".json"})
    return [
        directory(layout.PROGRAMS),
        directory(package),
        *(file(f"{package}/{source.name}", source.read_text()) for source in sources),
        *_previous_site_scripts(settings),
        file(layout.HOST_SETTINGS, _told(settings)),
        file(layout.HOST_COMMAND, COMMAND, mode="755"),
    ]


def sudo_state(settings: LinodeSettings) -> list[Operation]:
    """The user who deploys may run that program as root, verb by verb, and nothing else."""
    name = settings.user
    rights = f"sudo -n -l -U {name}"
    known = rf"^ *(\(root\) NOPASSWD: *)?{layout.HOST_COMMAND} [a-z-]+ *$"
    # sudo breaks its lines anywhere.
    each = r"sed '1,/may run the following/d' | tr -s '\n\t ' ' ' | tr ',' '\n'"
    more = f"{rights} | {each} | grep -vE '{known}'"
    return [
        file(
            f"/etc/sudoers.d/{name}",
            render("sudoers-deploy", settings, verbs=sorted(verbs.vocabulary()["verbs"])),
            mode="440",
            check='visudo -cqf "$NEW"',
        ),
        ensure(f"{name} is root by nothing else", f"! {{ {more}; }}", render("sudo-take-away.sh", settings)),
    ]


def _previous_site_scripts(settings: LinodeSettings) -> list[Operation]:
    folder = layout.PREVIOUS_SITE_SCRIPTS
    scripts = [file(f"{folder}/{name}.sh", render(f"previous-site-{name}.sh", settings)) for name in SCRIPTS]
    return [directory(folder), *scripts]


def _told(settings: LinodeSettings) -> str:
    """What the program reads (`settings.Settings`): the layout, and this host's names."""
    places = {name.lower(): value for name, value in vars(layout).items() if name.isupper()}
    previous = settings.previous_site
    own = {
        "deployer": settings.user,
        "provisioner": settings.provisioner,
        "domain": settings.domains[0],
        "previous_database": previous.database if previous else "",
    }
    return json.dumps(places | own, indent=1, sort_keys=True) + "\n"
