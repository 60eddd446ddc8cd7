"""Runs Django's management commands on the host, with the site's environment and as the site's user.

systemd reads the environment for them, so only that process sees the secrets in it.
"""

from __future__ import annotations

import shlex
import sys
from typing import IO

from deploy.remote import layout
from deploy.remote.host import Host, Result

ASK = (
    "from ekklesia.wsgi import application; from django.test import Client; "
    "print(Client().get({path!r}, HTTP_HOST={name!r}, HTTP_X_FORWARDED_PROTO='https').content.decode())"
)
BOOT = """
import json
from ekklesia.wsgi import application
from django.test import Client
from membership.models import Comrade
client = Client(HTTP_HOST={name!r}, HTTP_X_FORWARDED_PROTO='https')
unknown = 'Token ' + 40 * '0'
print(json.dumps({{
    'health': client.get({path!r}).json(),
    'api_status': client.get('/felagar/api/sync/status/', HTTP_AUTHORIZATION=unknown).status_code,
    'members': Comrade.objects.count(),
}}))
"""
MANAGE = "manage.py"
MIGRATION_TIMEOUTS = "-c lock_timeout=5s -c statement_timeout=10min"


def manage(  # noqa: PLR0913 (all but two by name)
    host: Host,
    arguments: list[str],
    *,
    release: str = layout.CURRENT,
    user: str = layout.APP_USER,
    options: str = "",
    environment: str = "",
) -> Result:
    """Run a command in a release to its end.

    `options` are PostgreSQL's (PGOPTIONS); `environment` is a file of variables that overrule the site's.
    """
    command = manage_command(arguments, release=release, user=user, options=options, environment=environment)
    return host.run(command, what=f"manage.py {arguments[0]}", root=True)


def answer_of(host: Host, path: str, release: str) -> str:
    """What a release would answer that does not serve yet: its application is loaded and asked once."""
    name = host.stack.linode.domains[0]
    question = ASK.format(path=path, name=name)
    return host.run(_python(["-c", question], release=release), what="trial", root=True).stdout.strip()


def boot_on(host: Host, environment: str) -> str:
    """What the serving release says about itself, as JSON, if it runs with other variables than the site's.

    Its application is loaded and asked: `health`, the API's status, and how many members it sees.
    """
    program = BOOT.format(path=layout.HEALTH_PATH, name=host.stack.linode.domains[0])
    command = _python(["-c", program], release=layout.CURRENT, environment=environment)
    return host.run(command, what="boot of the app", root=True).stdout.strip()


def manage_stream(host: Host, words: list[str], standard_input: IO[bytes] = sys.stdin.buffer) -> int:
    """Run a command of the serving release with this process's input and output; its exit status."""
    return host.stream(manage_command(words), root=True, standard_input=standard_input)


def shell(host: Host) -> int:
    """Django's shell, of the serving release, on this terminal; its exit status."""
    return host.terminal(_python([MANAGE, "shell"], release=layout.CURRENT, how="--pty"))


def manage_command(
    arguments: list[str],
    *,
    release: str = layout.CURRENT,
    user: str = layout.APP_USER,
    options: str = "",
    environment: str = "",
) -> str:
    """The shell command, to be run as root."""
    words = [MANAGE, *arguments]
    return _python(words, release=release, user=user, options=options, environment=environment)


def _python(  # noqa: PLR0913 (all but one by name)
    arguments: list[str],
    *,
    release: str,
    user: str = layout.APP_USER,
    options: str = "",
    environment: str = "",
    how: str = "--pipe",
) -> str:
    """The shell command that runs a release's Python in its folder, to be run as root."""
    words = ["systemd-run", "--quiet", how, "--wait", "--collect", "--service-type=exec"]
    # The journal shows the description; by default it is the whole command, with whatever that names.
    words += [f"--description={' '.join(arguments[:2]) if arguments[0] == MANAGE else 'Python of a release'}"]
    # If two files set the same variable, the later one counts.
    environment_files = [layout.HOST_ENVIRONMENT, layout.DJANGO_ENVIRONMENT, *filter(None, [environment])]
    words += [f"--uid={user}", *(f"--property=EnvironmentFile={path}" for path in environment_files)]
    words += [f"--working-directory={release}/backend", "--setenv=PYTHONDONTWRITEBYTECODE=1"]
    words += [f"--setenv=PGOPTIONS={options}"] if options else []
    # systemd would put the environment, secrets and all, in the place of a `$NAME` (systemd.service(5)).
    literally = [argument.replace("$", "$$") for argument in arguments]
    return shlex.join([*words, f"{release}/environment/bin/python", *literally])
