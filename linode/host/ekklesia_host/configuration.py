"""Writes what the cloud decides: Django's environment, the functions' tokens, where copies of backups go.

The content is JSON on standard input, behind the request. It is checked here, too: the user who deploys may
send anything.
"""

import grp
import json
import os
import re
import sys

from ekklesia_backup import places
from ekklesia_backup.errors import BackupError

from ekklesia_host import egress
from ekklesia_host.errors import HostError

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
OWN = frozenset(["DJANGO_SECRET_KEY", "DATABASE_URL", "SECOND_FACTOR_KEYS"])
"""These are made on the host; nothing from outside may replace them."""
OFFSITE = frozenset(
    [
        "bucket",
        "storage_url",
        "sts_url",
        "iam_credentials_url",
        "pool_provider",
        "service_account",
        "issuer",
        "subject",
    ]
)
MOST_BYTES = 1024 * 1024
LONGEST_VARIABLE = 128 * 1024 - 1
"""Bytes of `NAME=value`: with a longer one the kernel starts no process (execve(2), MAX_ARG_STRLEN)."""
FUNCTION = re.compile(r"[a-z_]{1,60}")
DIGEST = re.compile(r"[0-9a-f]{64}")


def environment(settings, _request):
    """Write Django's environment; prints `changed` or `same`. Google's names in it may be gone out to."""
    variables = _texts(_sent())
    text = environment_file(variables)
    egress.allow(settings, variables.values())
    return _written(settings.django_environment, text)


def offsite(settings, _request):
    """Write where copies of backups go, if provisioning allows it; prints `changed` or `same`."""
    content = _texts(_sent())
    if set(content) != OFFSITE:
        raise HostError("the place off the host has exactly these texts: " + ", ".join(sorted(OFFSITE)))
    try:
        places.require(content, settings.copy_places)
    except BackupError as error:
        raise HostError(str(error))
    content["key_file"] = settings.backup_key
    return _written(settings.offsite_settings, json.dumps(content, indent=1, sort_keys=True) + "\n")


def tokens(settings, _request):
    """Write the digests of the tokens with which functions call; prints `changed` or `same`."""
    content = _texts(_sent())
    if not all(FUNCTION.fullmatch(name) and DIGEST.fullmatch(value) for name, value in content.items()):
        raise HostError("the tokens are SHA-256 digests by the names of functions")
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    return _written(settings.api_tokens, text, group=settings.app_user)


def is_configured(settings, _request):
    """Succeed if Django's environment was written."""
    path = settings.django_environment
    return 0 if os.path.exists(path) and os.path.getsize(path) else 1


def environment_file(variables):
    """The variables as systemd reads them (systemd.exec(5), EnvironmentFile), each quoted whole."""
    for name in variables:
        if not NAME.fullmatch(name) or name in OWN:
            raise HostError("{!r} cannot be set from outside the host".format(name[:64]))
        if len("{}={}".format(name, variables[name]).encode("utf-8")) > LONGEST_VARIABLE:
            raise HostError("{} is too long: nothing would start with it; nothing was changed".format(name))
    return "".join('{}="{}"\n'.format(name, _escaped(value)) for name, value in sorted(variables.items()))


def _escaped(value):
    return re.sub(r'(["\\`$])', r"\\\1", value)


def _sent():
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise HostError("the settings are too long")
    try:
        return json.loads(content.decode("utf-8"))
    except ValueError:
        raise HostError("the settings are no JSON")


def _texts(content):
    if not isinstance(content, dict) or not all(
        isinstance(value, str) and not CONTROL.search(value) for value in content.values()
    ):
        raise HostError("the settings are an object of texts without control characters")
    return content


def _written(path, text, group=""):
    """Write a file of root's alone, or that one group may read, whole or not at all."""
    mode = 0o640 if group else 0o600
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text and os.stat(path).st_mode & 0o777 == mode:
                print("same")
                return 0
    except FileNotFoundError:
        pass
    with open(
        os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        os.fchmod(file.fileno(), mode)
        if group:
            os.fchown(file.fileno(), 0, grp.getgrnam(group).gr_gid)
        file.write(text)
    os.rename(path + ".new", path)
    print("changed")
    return 0
