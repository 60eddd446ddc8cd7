"""Request bodies of the API: JSON of a bounded size."""

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class BodyTooLarge(APIException):
    """413: the body is larger than API_BODY_LIMIT."""

    status_code = 413
    default_detail = "The request body is too large."
    default_code = "body_too_large"


class LimitedJSONParser(JSONParser):
    """Refuses a body that is too large before reading it, and one nested too deep to be read."""

    def parse(self, stream, media_type=None, parser_context=None):
        """The decoded body. Raises BodyTooLarge or ParseError."""
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if int(length) > settings.API_BODY_LIMIT:
            raise BodyTooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deep")
