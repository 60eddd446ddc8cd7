"""A release's Python, run by systemd as the site's user (or as the one who deploys), never as root.

systemd reads the site's environment for it, so only that process sees the secrets in it.
"""

import os
import re
from contextlib import contextmanager

from ekklesia_host import programs
from ekklesia_host.errors import HostError

MANAGE = "manage.py"
TIMEOUTS = "-c lock_timeout=5s -c statement_timeout=10min"
"""PostgreSQL's options (PGOPTIONS) for migrations on a site that serves."""
TRIAL = (
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
AS_CHILD = 'trap : HUP INT PIPE TERM; "$@"; exit $?'
"""systemd counts a process that a signal ends (SIGTERM, for one) as one that ended well. A shell above it
says by its own status how it ended."""
DATABASE_NAME = re.compile(r"^(DATABASE_URL=.*/)[^/\n]*$", re.MULTILINE)


def manage(settings, request):
    """Run a management command of a release, with this process's input and output."""
    options = TIMEOUTS if request["timeouts"] == "yes" else ""
    with _environment(settings, request["database"]) as file:
        return programs.run(
            command(settings, [MANAGE] + request["words"], request["release"], options=options, extra=file)
        )


def collect_static(settings, request):
    """Collect a release's static files in its own folder, as the user to whom it belongs."""
    words = [MANAGE, "collectstatic", "--noinput", "--verbosity=0"]
    return programs.run(command(settings, words, request["release"], user=settings.deployer))


def shell(settings, _request):
    """Open Django's shell of the serving release on this terminal."""
    return programs.run(command(settings, [MANAGE, "shell"], "current", how="--pty"))


def trial(settings, request):
    """Print what a release would answer: its application is loaded and asked once."""
    question = TRIAL.format(path=settings.health_path, name=settings.domain)
    return programs.run(command(settings, ["-c", question], request["release"]))


def boot(settings, request):
    """Print, as JSON, how the serving release is on a database: its health, the API's status, its members."""
    question = BOOT.format(path=settings.health_path, name=settings.domain)
    with _environment(settings, request["database"]) as file:
        return programs.run(command(settings, ["-c", question], "current", extra=file))


def command(  # noqa: PLR0913 (all but three by name)
    settings, words, release, *, user="", how="--pipe", options="", extra=""
):
    """The words of systemd-run that run a release's Python in its folder.

    `options` are PostgreSQL's; `extra` is a file of variables that overrule the site's.
    """
    folder = settings.folder(release)
    run = ["systemd-run", "--quiet", how, "--wait", "--collect", "--service-type=exec"]
    # The journal shows the description; by default it is the whole command, with whatever that names.
    run += ["--description=" + (" ".join(words[:2]) if words[0] == MANAGE else "Python of a release")]
    # If two files set the same variable, the later one counts.
    files = [settings.host_environment, settings.django_environment] + ([extra] if extra else [])
    run += ["--uid=" + (user or settings.app_user), "--property=NoNewPrivileges=yes"]
    run += ["--property=EnvironmentFile=" + path for path in files]
    run += ["--working-directory={}/backend".format(folder), "--setenv=PYTHONDONTWRITEBYTECODE=1"]
    run += ["--setenv=HTTPS_PROXY=" + settings.egress_url]
    run += ["--setenv=PGOPTIONS=" + options] if options else []
    # systemd would put the environment, secrets and all, in the place of a `$NAME` (systemd.service(5)).
    python = ["/bin/sh", "-c", AS_CHILD, "sh", folder + "/environment/bin/python"]
    return run + ["--"] + [word.replace("$", "$$") for word in python + words]


@contextmanager
def _environment(settings, database):
    """A file of variables with which Django uses that database; empty for the live one."""
    if database == "live":
        yield ""
        return
    name = settings.database + "_" + database
    path = "/run/ekklesia-{}.env".format(name)
    with open(settings.host_environment, encoding="utf-8") as file:
        found = DATABASE_NAME.search(file.read())
    if not found:
        raise HostError("{} names no database".format(settings.host_environment))
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(found.group(1) + name + "\n")
        yield path
    finally:
        if os.path.exists(path):
            os.remove(path)
