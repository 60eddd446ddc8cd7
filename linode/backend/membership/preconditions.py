"""Lets nobody write over what they have not seen: a change by the API says on what it was made (`If-Match`).

Each answer has the tag of what it shows. Whoever changes it sends that tag; if somebody else was faster, the
tag is another one by now, and nothing is written (RFC 9110, section 13; RFC 6585 for the status 428).
"""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from membership.models import Comrade

NOT_COMPARED = ("unions", "titles")
"""Shown, never changed here, and in no order."""


class TagWanted(APIException):
    """The change does not say on what it was made."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = "Read it first, and send the ETag of that answer as If-Match."


class TagIsOld(APIException):
    """Somebody else has changed it since."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = "It was changed since it was read; nothing was written. Read it again."


def tag_of(data):
    """The tag of what an answer shows."""
    shown = {name: value for name, value in data.items() if name not in NOT_COMPARED}
    text = json.dumps(shown, cls=DjangoJSONEncoder, sort_keys=True)
    return '"{}"'.format(hashlib.sha256(text.encode("utf-8")).hexdigest()[:32])


def tags_in(header):
    """The tags of an `If-Match`; a proxy that compresses answers marks them as weak."""
    tags = (tag.strip() for tag in header.split(","))
    return {tag[2:] if tag.startswith("W/") else tag for tag in tags}


class Preconditions:
    """Mixed into a view set: answers have tags, and changes need one.

    `comrade_of(instance)`: the member to whom it belongs; the row is locked until the change is made.
    """

    def retrieve(self, request, *args, **kwargs):
        """One, with its tag."""
        return self._tagged(super().retrieve(request, *args, **kwargs))

    def create(self, request, *args, **kwargs):
        """A new one, with its tag."""
        return self._tagged(super().create(request, *args, **kwargs))

    @transaction.atomic
    def update(self, request, *args, **kwargs):
        """Change it if it is still as the caller saw it."""
        self._require_tag(request)
        return self._tagged(super().update(request, *args, **kwargs))

    @transaction.atomic
    def destroy(self, request, *args, **kwargs):
        """Remove it if it is still as the caller saw it."""
        self._require_tag(request)
        return super().destroy(request, *args, **kwargs)

    def _require_tag(self, request):
        given = tags_in(request.META.get("HTTP_IF_MATCH", ""))
        comrade = self.comrade_of(self.get_object())
        if not given - {"", "*"}:
            raise TagWanted
        Comrade.objects.select_for_update().get(pk=comrade.pk)
        # Read again: somebody may have been at work until the row was locked.
        if tag_of(self.get_serializer(self.get_object()).data) not in given:
            raise TagIsOld

    def _tagged(self, response):
        if isinstance(response, Response) and isinstance(response.data, dict):
            response["ETag"] = tag_of(response.data)
        return response
