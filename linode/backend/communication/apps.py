"""Names the application for Django."""

from importlib import import_module

from django.apps import AppConfig

from communication.texts import TEXTS


class CommunicationConfig(AppConfig):
    """E-mail from staff to members."""

    name = "communication"
    verbose_name = TEXTS.label("app")

    def ready(self):
        """Name the models in both languages, and forget whoever is erased."""
        TEXTS.name_models(self.get_models())
        erased = import_module("communication.erased")
        import_module("membership.erased").forgetting.connect(erased.blank_letters)
