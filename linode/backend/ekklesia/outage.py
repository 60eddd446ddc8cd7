"""What the site says while its database cannot be reached: a quick, clear 503, wherever that was noticed."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.views import defaults

TEXT = "The membership system cannot reach its database. Please try again in a minute.\n"


class DatabaseOutage:
    """Middleware: an outage that a view meets is told, and not logged as an error of ours."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The response of the rest of the site."""
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Only errors of the connection itself become a 503; anything else stays an error of ours."""
        return _unavailable() if _is_outage(exception) else None


def server_error(request):
    """The page for an error that no view met: other middleware asks the database, too (for sessions)."""
    return _unavailable() if _is_outage(sys.exc_info()[1]) else defaults.server_error(request)


def _is_outage(error):
    return isinstance(error, (InterfaceError, OperationalError))


def _unavailable():
    response = HttpResponse(TEXT, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "30"
    return response
