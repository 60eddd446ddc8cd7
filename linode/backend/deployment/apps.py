"""Names the application for Django, and completes the migrations of libraries."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class DeploymentConfig(AppConfig):
    """What a deploy asks of the site. It has no models."""

    name = "deployment"
    verbose_name = "Deployment"

    def ready(self):
        """Act after each `migrate`, once: Django sends the signal for each application that has models."""
        from deployment import kept_defaults

        for app_label in {app_label for app_label, _ in kept_defaults.KEPT_DEFAULTS}:
            post_migrate.connect(kept_defaults.keep, sender=apps.get_app_config(app_label))
