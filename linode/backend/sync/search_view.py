"""Members as the portal's list shows them to staff: a page of those who are found, and how many there are.

By POST, so that no kennitala, name or e-mail gets into an address or an access log; and no whole kennitala is
part of the answer.
"""

from django.db.models import Q
from membership.models import STATUSES, Comrade
from membership.search import found
from merge_engine.kennitala import masked
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

PAGE_SIZE = 50
LONGEST = 200
"""Characters of a search."""
MOST_RANGES = 50
"""A district has a few."""
POSTAL_CODE = "^[0-9]{3}$"
"""In Iceland; as texts, codes abroad would lie between such codes, too."""


class PostalCodes(serializers.Serializer):
    """From one postal code to another, both included."""

    first = serializers.RegexField(POSTAL_CODE)
    last = serializers.RegexField(POSTAL_CODE)


class SearchOrder(serializers.Serializer):
    """What to look for, and which page of it. An empty text, or an empty list, leaves nobody out."""

    text = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")
    status = serializers.ChoiceField([name for name, _ in STATUSES], allow_blank=True, default="")
    postal_codes = PostalCodes(many=True, default=list, max_length=MOST_RANGES)
    page = serializers.IntegerField(min_value=1, max_value=100000, default=1)


class Search(APIView):
    """POST /felagar/api/sync/search/."""

    def post(self, request):
        """The page: `total`, and `members` in the order of their names."""
        order = SearchOrder(data=request.data)
        order.is_valid(raise_exception=True)
        members = _within(found(Comrade.objects.all(), order.validated_data["text"]), order.validated_data)
        begin = (order.validated_data["page"] - 1) * PAGE_SIZE
        page = members.select_related("contact_info", "simple_address")[begin : begin + PAGE_SIZE]
        return Response({"total": members.count(), "members": [_shown(member) for member in page]})


def _within(members, wanted):
    if wanted["status"]:
        members = members.filter(status=wanted["status"])
    if wanted["postal_codes"]:
        codes = Q()
        for each in wanted["postal_codes"]:
            codes |= Q(simple_address__postal_code__range=(each["first"], each["last"]))
        members = members.filter(codes, simple_address__postal_code__regex=POSTAL_CODE)
    return members


def _shown(member):
    contact, address = getattr(member, "contact_info", None), getattr(member, "simple_address", None)
    return {
        "djangoId": member.pk,
        "name": member.name,
        "kennitala": masked(member.ssn),
        "email": contact.email if contact else "",
        "phone": contact.phone if contact else "",
        "city": address.city if address else "",
        "status": member.status,
    }
