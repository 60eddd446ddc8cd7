"""Reads settings from the process environment, which the systemd unit fills."""

import os
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured


def required(name):
    """The value of a variable that must be set and not empty. Raises ImproperlyConfigured, naming it."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured("the environment variable {} is missing".format(name))
    return value


def required_list(name):
    """A required variable of values separated by commas."""
    return [value.strip() for value in required(name).split(",") if value.strip()]


def optional(name):
    """The value of a variable; empty if it is not set."""
    return os.environ.get(name, "").strip()


def optional_day(name):
    """A variable that is a day (2027-01-31), or None if it is not set. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip()
    try:
        return datetime.strptime(value, "%Y-%m-%d").date() if value else None
    except ValueError:
        raise ImproperlyConfigured("the environment variable {} must be a day: 2027-01-31".format(name))


def number(name, default):
    """A whole number, or the default if there is none. Raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "").strip()
    if value and not value.isdigit():
        raise ImproperlyConfigured("the environment variable {} is no whole number".format(name))
    return int(value) if value else default


def all_or_none(names):
    """The values of variables that only make sense together, by name; {} if none is set.

    Raises ImproperlyConfigured if some are set and others are not.
    """
    missing = [name for name in names if not os.environ.get(name, "").strip()]
    if len(missing) == len(names):
        return {}
    if missing:
        raise ImproperlyConfigured("environment variables are missing: {}".format(", ".join(missing)))
    return {name: required(name) for name in names}
