"""Names the application for Django and prepares its connections to the database."""

from django.apps import AppConfig

from membership.texts import TEXTS


class MembershipConfig(AppConfig):
    """The register of members."""

    name = "membership"
    verbose_name = TEXTS.label("app")

    def ready(self):
        """Have rows read that hold a day which Python has not, and name the models in both languages."""
        from membership import models, unreadable_days

        unreadable_days.connect()
        TEXTS.name_models(self.get_models())
        models.validate_kennitala.message = TEXTS.label("kennitala.wrong", without="en")
        models.validate_phone.message = TEXTS.label("phone.wrong", without="en")
