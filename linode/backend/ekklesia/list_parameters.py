"""Refuses what no list of the admin has: Django makes a filter of every parameter that it does not know.

A link that staff click could otherwise ask the database in ways that nobody declared (CVE-2025-64459), or try
values of fields that no page shows. What a list has follows from its ModelAdmin: search, order, pages,
filters and the hierarchy of dates.
"""

import logging
import re

from django.contrib.admin import FieldListFilter, options
from django.contrib.admin.sites import all_sites
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.http import HttpResponseBadRequest
from django.utils.html import format_html

LONGEST_VALUE = 300
"""Characters; a search of thousands of words would keep the database busy."""
OF_EVERY_LIST = {ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, options.IS_POPUP_VAR, options.TO_FIELD_VAR}
FACETS = getattr(options, "IS_FACETS_VAR", None)
"""Newer than Django 2.2."""
PARTS_OF_A_DATE = ("year", "month", "day")
PLAIN_NAME = re.compile(r"[A-Za-z_]{1,60}\Z")
SHOWN_NAMES = 5
PAGE = """<!doctype html>
<html lang="is">
<head><meta charset="utf-8"><title>Óþekkt leitarskilyrði</title></head>
<body>
<h1>Þessi listi hefur ekki þessi leitarskilyrði</h1>
<p>Ekkert var sótt. <a href="{0}">Opna listann án þeirra</a>.</p>
<p lang="en">This list has no such search parameters. Nothing was looked up.
<a href="{0}">Open the list without them</a>.</p>
</body>
</html>
"""
logger = logging.getLogger(__name__)


class DeclaredParametersOnly:
    """Middleware: 400 for a list of the admin with a parameter, or a value, that it cannot have."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """The response of the rest of the site."""
        return self.get_response(request)

    def process_view(self, request, view, arguments, keywords):
        """The refusal; None if the list may be shown. Who is not logged in is first asked to do so."""
        model_admin = _list_of(request.resolver_match)
        if model_admin is None or not model_admin.admin_site.has_permission(request):
            return None
        names = _undeclared(model_admin, request) | _with_odd_values(request)
        if not names:
            return None
        logger.warning("refused a list of %s: %s", model_admin.opts.label, _loggable(names))
        return HttpResponseBadRequest(format_html(PAGE, request.path))


def _list_of(match):
    """The ModelAdmin whose list an address shows, of whatever site; None for any other page."""
    for site in all_sites:
        for model, model_admin in site._registry.items():
            name = "{}_{}_changelist".format(model._meta.app_label, model._meta.model_name)
            if match.url_name == name and match.namespace == site.name:
                return model_admin
    return None


def _undeclared(model_admin, request):
    """The names of parameters that the list does not have."""
    found = set(request.GET) - OF_EVERY_LIST - {FACETS}
    if model_admin.get_search_fields(request):
        found.discard(SEARCH_VAR)
    hierarchy = model_admin.date_hierarchy
    if hierarchy:
        found -= {"{}__{}".format(hierarchy, part) for part in PARTS_OF_A_DATE}
    # Some filters ask the database for their choices, so they are made only if a name is left.
    return found - _of_filters(model_admin, request) if found else found


def _of_filters(model_admin, request):
    """The parameters of the declared filters, as each filter names them itself."""
    names = set()
    for declared in model_admin.get_list_filter(request):
        names.update(_filter(declared, model_admin, request).expected_parameters())
    return names


def _filter(declared, model_admin, request):
    """What Django's list makes of an entry of `list_filter`, without any value."""
    if callable(declared):
        return declared(request, {}, model_admin.model, model_admin)
    path, make = declared if isinstance(declared, (tuple, list)) else (declared, FieldListFilter.create)
    field = get_fields_from_path(model_admin.model, path)[-1]
    return make(field, request, {}, model_admin.model, model_admin, field_path=path)


def _with_odd_values(request):
    """The names of parameters with a value that is no search.

    It is far too long, or has a NUL, which no text in the database can have.
    """
    return {
        name
        for name, values in request.GET.lists()
        if any(len(value) > LONGEST_VALUE or "\0" in value for value in values)
    }


def _loggable(names):
    """The names, as far as nothing personal and no control character can stand in them."""
    plain = sorted(name for name in names if PLAIN_NAME.match(name))[:SHOWN_NAMES]
    others = len(names) - len(plain)
    return ", ".join(plain + (["{} more".format(others)] if others else []))
