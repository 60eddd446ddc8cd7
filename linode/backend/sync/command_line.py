"""What commands about one person ask for: the staff account that answers for it, and the kennitala.

The kennitala comes on stdin, since arguments are seen in process lists.
"""

import getpass
import sys

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from merge_engine.kennitala import is_kennitala


def staff_account(name):
    """The account. Raises CommandError if there is none."""
    user = get_user_model().objects.filter(username=name, is_staff=True).first()
    if user is None:
        raise CommandError("no staff account is called {}".format(name))
    return user


def read_kennitala():
    """Asks a person, or reads a line. Raises CommandError for no kennitala."""
    kennitala = getpass.getpass("kennitala: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not is_kennitala(kennitala.strip()):
        raise CommandError("that is no kennitala: ten digits, without a hyphen")
    return kennitala.strip()
