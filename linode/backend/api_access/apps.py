"""Names the application for Django."""

from django.apps import AppConfig

from api_access.texts import TEXTS


class ApiAccessConfig(AppConfig):
    """Who may call the API, with which token."""

    name = "api_access"
    verbose_name = TEXTS.label("app")

    def ready(self):
        """Name the models in both languages."""
        TEXTS.name_models(self.get_models())
