"""Every error of the API is answered in JSON."""

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_exception_handler


def exception_handler(error, context):
    """DRF's handler, and a 503 with Retry-After while the database cannot be reached."""
    if isinstance(error, (InterfaceError, OperationalError)):
        body = {"detail": "The database cannot be reached.", "code": "database_unavailable"}
        return Response(body, status=503, headers={"Retry-After": "30"})
    return default_exception_handler(error, context)


def not_found(request, exception=None):
    """404 for an address under /felagar that does not exist."""
    return JsonResponse({"detail": "Not found.", "code": "not_found"}, status=404)
