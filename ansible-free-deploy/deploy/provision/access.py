"""Who can log in, with which keys, and who becomes root: one user deploys, another one provisions.

Keys lie where only root can write, so a stolen login cannot leave a key of its own behind.
"""

from __future__ import annotations

from deploy.provision.operations import Operation, directory, ensure, file, packages, user
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render

KEYS = "/etc/ssh/ekklesia-keys"
"""A file for each user (sshd's `AuthorizedKeysFile`)."""
SSHD = "/etc/ssh/sshd_config.d/10-ekklesia.conf"
BEFORE = ".before"
"""The keys that a user had before the last change lie beside them, with this ending."""


def bootstrap_state(settings: LinodeSettings, login: str) -> list[Operation]:
    """Both users are there, with the keys of the login that is used once for this; one becomes root.

    Nobody loses a right here.
    """
    name = settings.provisioner
    rights = render("sudoers-provision", settings)
    return [
        packages(["sudo"]),
        user(settings.user),
        user(name),
        *(_first_keys(each, login) for each in (settings.user, name)),
        file(f"/etc/sudoers.d/{name}", rights, mode="440", check='visudo -cqf "$NEW"'),
    ]


def password_state(settings: LinodeSettings, password: str) -> Operation:
    """The user who provisions has a password, for sudo only: sshd takes none."""
    name = settings.provisioner
    is_set = f'[ "$(passwd --status {name} | cut -d" " -f2)" = P ]'
    operation = ensure(f"password of {name}", is_set, "chpasswd")
    return Operation(operation.title, operation.fact, operation.plan, f"{name}:{password}\n")


def keys_state(settings: LinodeSettings) -> list[Operation]:
    """The keys of both users: those that the settings list, else those that they came with."""
    listed = {settings.user: settings.access.deploy, settings.provisioner: settings.access.provision}
    keep = 'cp -p "${NEW%.new}" "${NEW%.new}' + BEFORE + '" 2>/dev/null || true'
    return [
        directory(KEYS),
        *(
            file(keys_of(name), settings.access.lines(keys), check=keep) if keys else _own_keys(name)
            for name, keys in listed.items()
        ),
    ]


def keys_of(name: str) -> str:
    """The file of a user's keys."""
    return f"{KEYS}/{name}"


def are_readable(settings: LinodeSettings) -> str:
    """The shell condition that sshd will find the keys of both users; it reads them as the user."""
    tests = (
        f"runuser -u {name} -- test -s {keys_of(name)} -a -r {keys_of(name)}"
        for name in (settings.user, settings.provisioner)
    )
    return " && ".join(tests)


def take_back(name: str) -> str:
    """The shell command after which a user whom the new keys lock out can log in as before."""
    path = keys_of(name)
    homes = f"sed -i 's|^AuthorizedKeysFile .*|& .ssh/authorized_keys|' {SSHD} && systemctl reload ssh"
    return f"if [ -e {path}{BEFORE} ]; then mv {path}{BEFORE} {path}; else {homes}; fi"


def _first_keys(name: str, login: str) -> Operation:
    """In the user's home, where sshd looks until it is told of the other place."""
    home = f"/home/{name}/.ssh"
    copy = f"install -d -m 700 -o {name} -g {name} {home} && from=~{login}/.ssh/authorized_keys"
    copy += f" && {{ [ ! -s {keys_of(login)} ] || from={keys_of(login)}; }}"
    copy += f" && install -m 600 -o {name} -g {name} $from {home}/authorized_keys"
    there = f"[ -s {home}/authorized_keys ] || [ -s {keys_of(name)} ]"
    return ensure(f"login keys of {name}", f"{{ {there}; }}", copy)


def _own_keys(name: str) -> Operation:
    path = keys_of(name)
    copy = f"install -m 644 /home/{name}/.ssh/authorized_keys {path}"
    return ensure(path, f"[ -s {path} ]", copy)
