"""Whether this release can serve: what the deploy, nginx and monitoring ask. Reveals the release only."""

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request):
    """200 if the database answers, else 503; both name the release."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "database unavailable", "release": settings.RELEASE}, status=503)
    return JsonResponse({"status": "ok", "release": settings.RELEASE})
