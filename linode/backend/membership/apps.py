"""Names the application for Django."""

from django.apps import AppConfig


class MembershipConfig(AppConfig):
    """The register of members."""

    name = "membership"
    verbose_name = "Félagatal"
