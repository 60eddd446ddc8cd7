"""What is kept of the API's tokens: never the token itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from api_access.routes import scopes_of_function


class ApiTokenQuerySet(models.QuerySet):
    """Tokens by their state."""

    def valid(self):
        """Those that are neither revoked nor expired."""
        now = timezone.now()
        return self.filter(revoked__isnull=True).filter(Q(expires__isnull=True) | Q(expires__gt=now))

    def revoke(self):
        """End the valid ones at once; how many there were."""
        return self.valid().update(revoked=timezone.now())


class ApiToken(models.Model):
    """A token of a function (without an owner; the name is the function's) or of a person."""

    name = models.CharField("heiti", max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, verbose_name="eigandi"
    )
    scopes = models.CharField("heimildir", max_length=200, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField("stofnaður", default=timezone.now)
    last_used = models.DateTimeField("síðast notaður", null=True, blank=True)
    expires = models.DateTimeField("rennur út", null=True, blank=True)
    revoked = models.DateTimeField("afturkallaður", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-created", "-id"]
        verbose_name = "API-lykill"
        verbose_name_plural = "API-lyklar"

    def __str__(self):
        return self.name if self.owner_id is None else "{} ({})".format(self.name, self.owner)

    @property
    def granted(self):
        """The scopes: a function's from the table, a person's as they were named."""
        return scopes_of_function(self.name) if self.owner_id is None else self.scopes.split()
