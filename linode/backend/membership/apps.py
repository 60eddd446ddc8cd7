"""Names the application for Django and prepares its connections to the database."""

from django.apps import AppConfig


class MembershipConfig(AppConfig):
    """The register of members."""

    name = "membership"
    verbose_name = "Félagatal"

    def ready(self):
        """Have rows read that hold a day which Python has not."""
        from membership import unreadable_days

        unreadable_days.connect()
