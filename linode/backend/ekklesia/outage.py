"""Answers with a quick, clear 503 while the database cannot be reached, wherever the site notices it."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.views import defaults

TEXT = "The membership system cannot reach its database. Please try again in a minute.\n"


class DatabaseOutage:
    """Middleware: if a view meets an outage, the answer says so, and no error of ours is logged."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The response of the rest of the site."""
        return self.get_response(request)

    def process_exception(self, request, exception):
        """A 503 for an error of the connection itself; every other error stays an error of ours."""
        return _unavailable() if _is_outage(exception) else None


def server_error(request):
    """The page for an error outside the views: other middleware asks the database too (for sessions)."""
    return _unavailable() if _is_outage(sys.exc_info()[1]) else defaults.server_error(request)


def _is_outage(error):
    return isinstance(error, (InterfaceError, OperationalError))


def _unavailable():
    response = HttpResponse(TEXT, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "30"
    return response
