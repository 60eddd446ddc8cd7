#!/usr/bin/env python
"""Django's command line. Settings come from DJANGO_SETTINGS_MODULE (production unless it says otherwise)."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main():
    """Run one command; a missing setting is one line on stderr and status 1, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ekklesia.settings.production")
    try:
        bool(settings.DEBUG)  # reads all of them: Django would first try to do without
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit("settings: {}".format(error))


if __name__ == "__main__":
    main()
