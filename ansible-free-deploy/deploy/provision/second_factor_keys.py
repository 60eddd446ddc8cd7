"""The host's keys that seal the secrets of staff's second factors: made once, and exchanged by a task.

The first of `SECOND_FACTOR_KEYS` seals, each opens. So a new key goes in front, the site and the database
change over to it, and only then does the old one go.
"""

from __future__ import annotations

from deploy.provision.operations import Operation, ensure
from deploy.remote import layout
from deploy.remote.host import Host
from deploy.remote.manage import manage
from deploy.remote.service import restart
from deploy.remote.steps import Steps

NAME = "SECOND_FACTOR_KEYS"
NEW_KEY = "openssl rand -base64 32 | tr '+/' '-_'"
"""The shell command that prints one (https://github.com/fernet/spec)."""


def wanted_key() -> Operation:
    """A key, if there is none: hosts of earlier releases lack it."""
    return secret_line("key of second factors", NAME, f"$({NEW_KEY})")


def secret_line(title: str, name: str, value: str) -> Operation:
    """The host's secrets have this line; others stay. `value` stands between the shell's double quotes."""
    path = layout.HOST_ENVIRONMENT
    add = f"""umask 077
        {{ grep -sv '^{name}=' {path} || true; echo "{name}={value}"; }} > {path}.new
        mv {path}.new {path}"""
    return ensure(title, f"grep -qs '^{name}=.' {path}", add)


def rotate(host: Host, steps: Steps) -> None:
    """Put a new key in front, seal everything with it, take the others away. Can be run again if it stops."""
    with steps.step("new key in front") as outcome:
        # By the shell's own `echo`: the arguments of a program can be seen.
        _replace(host, f'echo "{NAME}=$({NEW_KEY}),$(sed -n "s/^{NAME}=//p" $path)"')
        outcome.changed()
    with steps.step("seal the secrets anew") as outcome:
        outcome.changed(manage(host, ["seal_second_factors_anew"]).stdout.strip())
    with steps.step("old keys away") as outcome:
        _replace(host, f'sed -n "s/^\\({NAME}=[^,]*\\).*/\\1/p" $path')
        outcome.changed()


def _replace(host: Host, line: str) -> None:
    """Put the output of a command in the place of the line with the keys, and have the site read it."""
    script = f"""umask 077
        path={layout.HOST_ENVIRONMENT}
        {{ grep -v '^{NAME}=' $path; {line}; }} > $path.new && mv $path.new $path"""
    host.run(script, what=f"the keys in {layout.HOST_ENVIRONMENT}", root=True)
    restart(host)
