"""The mail server, from the process environment; {} if none is set. Sending is not offered then."""

import os

from django.core.exceptions import ImproperlyConfigured

from ekklesia.settings.environment import all_or_none, number

WAYS = ("starttls", "tls", "none")
NEEDED = ["MAIL_HOST", "MAIL_PORT", "MAIL_TLS", "MAIL_SENDER", "MAIL_SENDER_NAME"]


def from_environment():
    """The settings by name. Raises ImproperlyConfigured for some of them without the others."""
    needed = all_or_none(NEEDED)
    if not needed:
        return {}
    if needed["MAIL_TLS"] not in WAYS:
        raise ImproperlyConfigured("MAIL_TLS must be one of {}".format(", ".join(WAYS)))
    log_in = all_or_none(["MAIL_USER", "MAIL_PASSWORD"])
    return {
        "host": needed["MAIL_HOST"],
        "port": number("MAIL_PORT", 0),
        "tls": needed["MAIL_TLS"],
        "user": log_in.get("MAIL_USER", ""),
        "password": log_in.get("MAIL_PASSWORD", ""),
        "sender": needed["MAIL_SENDER"],
        "sender_name": needed["MAIL_SENDER_NAME"],
        "reply_to": os.environ.get("MAIL_REPLY_TO", ""),
        "office": os.environ.get("MAIL_OFFICE", ""),
        "per_minute": number("MAIL_PER_MINUTE", 0),
        "per_day": number("MAIL_PER_DAY", 0),
        "connections": max(number("MAIL_CONNECTIONS", 1), 1),
        # The host's own way out; a server on this host is reached without it.
        "proxy": os.environ.get("HTTPS_PROXY", ""),
    }
