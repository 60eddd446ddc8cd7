"""Names the application for Django."""

from django.apps import AppConfig

from communication.texts import TEXTS


class CommunicationConfig(AppConfig):
    """E-mail from staff to members."""

    name = "communication"
    verbose_name = TEXTS.label("app")

    def ready(self):
        """Name the models in both languages."""
        TEXTS.name_models(self.get_models())
