"""Names the application for Django."""

from django.apps import AppConfig


class CommunicationConfig(AppConfig):
    """E-mail from staff to members."""

    name = "communication"
    verbose_name = "Samskipti"
