"""Names the application for Django."""

from django.apps import AppConfig


class RevocationsConfig(AppConfig):
    """Has no tables: it reads and writes those of others."""

    name = "revocations"
    verbose_name = "Afturkallanir"
