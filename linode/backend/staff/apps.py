"""Names the applications for Django: ours, and the admin with our log-in."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StaffConfig(AppConfig):
    """How staff log in to the admin."""

    name = "staff"
    verbose_name = "Innskráning"


class StaffAdminConfig(AdminConfig):
    """Django's admin with our log-in."""

    default_site = "staff.site.StaffSite"
