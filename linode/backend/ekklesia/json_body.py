"""Request bodies of the API: JSON that can be read; body_limits.py bounds their size."""

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ShallowJSONParser(JSONParser):
    """Refuses a body that is nested too deep to be read."""

    def parse(self, stream, media_type=None, parser_context=None):
        """The decoded body. Raises ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deep")
