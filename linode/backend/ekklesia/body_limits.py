"""How large the body of a request may be, by its path: body_limits.json, in megabytes.

nginx has its limits from the same file and refuses first; this is the second look, wherever the site runs.
A page on which staff upload files is named under `uploads`.
"""

import json
import os

from django.http import HttpResponse, JsonResponse

MEGABYTE = 1024 * 1024
JSON_BELOW = "/felagar/"
"""Callers of the API read JSON."""
TEXT = (
    "Sendingin er of stór: hámarkið er {0} MB.\n"
    "What you sent is too large: the limit on this page is {0} MB.\n"
)  # fmt: skip

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "body_limits.json")) as _file:
    LIMITS = json.load(_file)


def megabytes(path):
    """The limit of a path."""
    routes = {route["path"]: route["megabytes"] for route in LIMITS["routes"]}
    routes.update(dict.fromkeys(LIMITS["uploads"]["paths"], LIMITS["uploads"]["megabytes"]))
    found = [limit for beginning, limit in routes.items() if path.startswith(beginning)]
    return max(found) if found else LIMITS["elsewhere"]


def body_limit(get_response):
    """Middleware: 413 for a body that is too large, before anything reads it."""

    def middleware(request):
        limit = megabytes(request.path_info)
        if _length(request) > limit * MEGABYTE:
            return _too_large(request, limit)
        return get_response(request)

    return middleware


def _length(request):
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _too_large(request, limit):
    if request.path_info.startswith(JSON_BELOW):
        detail = "The request body is too large: the limit is {} MB.".format(limit)
        return JsonResponse({"detail": detail, "code": "body_too_large"}, status=413)
    return HttpResponse(TEXT.format(limit), status=413, content_type="text/plain; charset=utf-8")
