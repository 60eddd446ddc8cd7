"""The page behind the link in each letter: says whether letters come, and changes it (RFC 8058)."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from membership.models import Comrade

from communication import leaving
from communication.texts import text

ONE_CLICK = "List-Unsubscribe"
"""What a mail program sends by itself; it shows nobody the answer."""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def leave(request, signed):
    """Show the page; change something only if that is sent (POST), for mail filters follow every link."""
    comrade = Comrade.objects.filter(pk=leaving.member_of(signed)).first()
    if comrade is None:
        return render(request, "communication/leave.html", {"title": text("leave.unknown")}, status=404)
    if request.method == "POST":
        leaving.set_reachable(comrade, request.POST.get("reachable") == "yes")
        if ONE_CLICK in request.POST:
            return HttpResponse()
    context = {
        "title": text("leave.yes" if comrade.reachable else "leave.no"),
        "help": text("leave.help"),
        "send": text("leave.stop" if comrade.reachable else "leave.back"),
        "wanted": "no" if comrade.reachable else "yes",
    }
    return render(request, "communication/leave.html", context)
