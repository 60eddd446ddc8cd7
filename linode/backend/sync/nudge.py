"""Asks the cloud for a prompt sync. (First: the request; how it travels follows.)"""
from django.db import transaction


def request_after_commit(using=None):
    """Ask for a sync once the current transaction has committed."""
    transaction.on_commit(request_now, using=using)


def request_now():
    """Send the nudge."""
