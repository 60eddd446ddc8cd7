"""Names the applications for Django: ours, and the admin with our log-in."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from staff.texts import label


class StaffConfig(AppConfig):
    """How staff log in to the admin."""

    name = "staff"
    verbose_name = label("app")

    def ready(self):
        """Connect the signal handlers, and complete what Django says in Icelandic."""
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_migrate
        from wording import djangos_gaps

        from staff import roles, sessions

        djangos_gaps.fill()
        user_logged_in.connect(sessions.begin)
        post_migrate.connect(roles.keep, dispatch_uid="staff.roles")


class StaffAdminConfig(AdminConfig):
    """Django's admin with our log-in."""

    default_site = "staff.site.StaffSite"
