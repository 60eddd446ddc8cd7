"""Names the application for Django and connects the signals that ask for a prompt sync."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """The host's half of the sync."""

    name = "sync"
    verbose_name = "Samstilling"

    def ready(self):
        """Connect the signal handlers."""
        from sync import planner, signals

        signals.connect()
        planner.connect()
