"""Names the application for Django."""

from django.apps import AppConfig


class ApiAccessConfig(AppConfig):
    """Who may call the API, with which token."""

    name = "api_access"
    verbose_name = "Aðgangur að API"
