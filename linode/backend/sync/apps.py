"""Names the application for Django and connects the signals that ask for a prompt sync."""

from django.apps import AppConfig

from sync.texts import TEXTS


class SyncConfig(AppConfig):
    """The host's half of the sync."""

    name = "sync"
    verbose_name = TEXTS.label("app")

    def ready(self):
        """Connect the signal handlers, and name the models in both languages."""
        from sync import planner, signals

        signals.connect()
        planner.connect()
        TEXTS.name_models(self.get_models())
