"""`ekklesia-host VERB`: sudo runs it for the user who deploys; its first line of input has the arguments."""

import argparse
import sys
import syslog

from ekklesia_host import (
    backups,
    configuration,
    database,
    django,
    exchange,
    keys,
    previous_site,
    programs,
    request,
    room,
    service,
    vocabulary,
)
from ekklesia_host import settings as settings_of_the_host
from ekklesia_host.errors import HostError

OPERATIONS = {
    "backup-check": backups.check,
    "backup-checksum": backups.checksum,
    "backup-copy": backups.copy,
    "backup-list": backups.list_all,
    "backup-make": backups.make,
    "backup-read": backups.read,
    "boot": django.boot,
    "collect-static": django.collect_static,
    "configure-environment": configuration.environment,
    "configure-offsite": configuration.offsite,
    "configure-tokens": configuration.tokens,
    "database": database.database,
    "finish-exchange": exchange.finish,
    "is-configured": configuration.is_configured,
    "logs": service.logs,
    "make-room": room.make,
    "manage": django.manage,
    "previous-site": previous_site.tell,
    "previous-site-copy": previous_site.copy,
    "previous-site-give-back": previous_site.give_back,
    "previous-site-retire": previous_site.retire,
    "previous-site-take-over": previous_site.take_over,
    "provisioned": service.provisioned,
    "public-key": keys.public_key,
    "register-put-away": previous_site.put_away,
    "remove-release": service.remove_release,
    "restart": service.restart,
    "shell": django.shell,
    "status": service.status,
    "switch": service.switch,
    "trial": django.trial,
}


def parser():
    """The command line: one verb, no option."""
    lines = ("  {:24} {}".format(verb, _first_line(does)) for verb, does in sorted(OPERATIONS.items()))
    top = argparse.ArgumentParser(
        prog="ekklesia-host",
        description="What the user who deploys may have done as root.",
        epilog="verbs:\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("verb", choices=sorted(OPERATIONS), metavar="VERB")
    return top


def run(verb, file=None):
    """Do it; the exit status. Raises HostError."""
    wanted = vocabulary.checked(verb, request.read()) if vocabulary.takes_request(verb) else {}
    syslog.syslog(syslog.LOG_AUTHPRIV | syslog.LOG_INFO, verb)
    return OPERATIONS[verb](settings_of_the_host.load(file), wanted)


def main():
    """What the command line asks for; a failure is one line on standard error."""
    verb = parser().parse_args().verb
    programs.isolate()
    try:
        status = run(verb)
    except (HostError, OSError) as error:
        sys.exit("ekklesia-host: {}".format(error))
    sys.exit(status if status >= 0 else 128 - status)


def _first_line(operation):
    return operation.__doc__.partition("\n")[0]


if __name__ == "__main__":
    main()
