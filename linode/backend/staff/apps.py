"""Names the applications for Django: ours, and the admin with our log-in."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from staff.texts import label


class StaffConfig(AppConfig):
    """How staff log in to the admin."""

    name = "staff"
    verbose_name = label("app")

    def ready(self):
        """Connect the signal handler."""
        from django.contrib.auth.signals import user_logged_in

        from staff import sessions

        user_logged_in.connect(sessions.begin)


class StaffAdminConfig(AdminConfig):
    """Django's admin with our log-in."""

    default_site = "staff.site.StaffSite"
