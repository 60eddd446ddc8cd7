"""Who gets a letter: the members of its audience and those named in it, as far as they may be written to."""

from django.db.models import Q
from django.utils import timezone
from membership.models import Comrade

from communication import postal_codes

STATUSES = ("active", "suspended", "left")


def recipients(letter):
    """The members who would get this letter now. Nobody twice."""
    found = Comrade.objects.filter(_chosen(letter)).filter(contact_info__email__gt="")
    return found if letter.is_required else found.filter(reachable=True)


def unreached(letter):
    """How many were chosen and get nothing: they have no address, or do not want to be reached."""
    return Comrade.objects.filter(_chosen(letter)).count() - recipients(letter).count()


def may_still_get(letter, comrade):
    """Whether a member may get it now: they may have left it out since it was confirmed."""
    return letter.is_required or comrade.reachable


def _chosen(letter):
    named = Q(pk__in=letter.recipients.through.objects.filter(email=letter).values("comrade"))
    return named | Q(pk__in=_of_audience(letter.audience).values("pk")) if letter.audience else named


def _of_audience(audience):
    found = Comrade.objects.filter(status__in=[name for name in STATUSES if getattr(audience, name)])
    found = found.filter(**_dates(audience))
    if audience.for_groups:
        found = found.filter(groupable=True)
    if audience.unions.exists():
        found = found.filter(pk__in=Comrade.objects.filter(unions__in=audience.unions.all()).values("pk"))
    codes = [
        Q(simple_address__postal_code__gte=first, simple_address__postal_code__lte=last)
        for first, last in postal_codes.ranges(audience.postal_codes)
    ]
    # As text, a code of another country can be between two of ours: 1015 is between 101 and 102.
    ours = found.filter(simple_address__postal_code__regex=postal_codes.CODE)
    return ours.filter(_any(codes)) if codes else found


def _dates(audience):
    today, conditions = timezone.localdate(), {}
    if audience.min_age is not None:
        conditions["birthday__lte"] = _years_before(today, audience.min_age)
    if audience.max_age is not None:
        conditions["birthday__gt"] = _years_before(today, audience.max_age + 1)
    if audience.joined_since:
        conditions["date_joined__date__gte"] = audience.joined_since
    return conditions


def _years_before(day, years):
    """Who was born on that day, or before, is that old; whoever was born on 29 February is so on 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _any(conditions):
    found = conditions[0]
    for condition in conditions[1:]:
        found |= condition
    return found
