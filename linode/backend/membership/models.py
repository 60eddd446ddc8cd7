"""The register. `merge_engine/field_map.json` says which of its columns are synced."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from merge_engine.kennitala import PATTERN

from membership.choices import labelled
from membership.mapped import MappedModel
from membership.querysets import SignallingQuerySet
from membership.search import WordsField

GENDERS = labelled("profile.gender", unknown="Óþekkt", male="Karl", female="Kona", other="Annað")
HOUSING_SITUATIONS = labelled(
    "profile.housingSituation",
    unknown="Óþekkt",
    owner="Eigin húsnæði",
    rental="Leiga",
    cooperative="Húsnæðissamvinnufélag",
    family="Hjá fjölskyldu",
    other="Annað",
    homeless="Án heimilis",
)
STATUSES = labelled("membership.status", active="Virk", suspended="Í bið", left="Hætt")

validate_kennitala = RegexValidator(PATTERN, "A kennitala is ten digits.", code="invalid_kennitala")
validate_phone = RegexValidator(
    r"\A([0-9]{7}|\+[0-9]{5,15})\Z", "Seven digits, or + and 5 to 15 digits for a number abroad."
)


class Union(models.Model):
    """A trade union."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Title(models.Model):
    """A title of work, as members state it."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Comrade(MappedModel):
    """A member. Found everywhere by `ssn`, the kennitala."""

    ssn = models.CharField("kennitala", max_length=10, unique=True, validators=[validate_kennitala])
    name = models.CharField(max_length=255)
    birthday = models.DateField(null=True, blank=True)
    date_joined = models.DateTimeField(default=timezone.now)
    reachable = models.BooleanField(default=True)
    groupable = models.BooleanField(default=True)
    gender = models.IntegerField(choices=GENDERS, default=0)
    housing_situation = models.IntegerField(choices=HOUSING_SITUATIONS, default=0)
    status = models.CharField(max_length=10, choices=STATUSES, default="active")
    unions = models.ManyToManyField(Union, blank=True, related_name="members")
    titles = models.ManyToManyField(Title, blank=True, related_name="members")

    objects = SignallingQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self):
        return self.name


class ContactInfo(MappedModel):
    """How to reach a member. Empty text means: not known."""

    comrade = models.OneToOneField(Comrade, on_delete=models.CASCADE, related_name="contact_info")
    phone = models.CharField(max_length=16, blank=True, default="", validators=[validate_phone])
    foreign_phone = models.CharField(max_length=32, blank=True, default="")
    email = models.EmailField(max_length=254, blank=True, default="")
    facebook = models.CharField(max_length=200, blank=True, default="")

    objects = SignallingQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "contact info"

    def __str__(self):
        return "{}: contact info".format(self.comrade)


class SimpleAddress(MappedModel):
    """A member's address in Iceland. Empty text means: not known."""

    comrade = models.OneToOneField(Comrade, on_delete=models.CASCADE, related_name="simple_address")
    street_address = models.CharField(max_length=200, blank=True, default="")
    postal_code = models.CharField(max_length=16, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")

    objects = SignallingQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "simple addresses"

    def __str__(self):
        return "{} {} {}".format(self.street_address, self.postal_code, self.city).strip()


class ForeignAddress(models.Model):
    """An address abroad; of a member's several, one at most is the current one. Kept by staff, not synced."""

    comrade = models.ForeignKey(Comrade, on_delete=models.CASCADE, related_name="foreign_addresses")
    street_address = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=16, blank=True, default="")
    city = models.CharField(max_length=100)
    country = models.CharField("country code", max_length=2, validators=[RegexValidator(r"\A[A-Z]{2}\Z")])
    current = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "foreign addresses"
        ordering = ["-current", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["comrade"], condition=models.Q(current=True), name="one_current_foreign_address"
            )
        ]

    def __str__(self):
        return "{}, {} {}".format(self.street_address, self.city, self.country)


class SearchEntry(models.Model):
    """What a member is found by (search.py). Triggers write it; the database removes it with the member."""

    comrade = models.OneToOneField(
        Comrade, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="search_entry"
    )
    words = WordsField(default="", editable=False)

    def __str__(self):
        return "search entry {}".format(self.pk)
