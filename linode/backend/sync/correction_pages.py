"""The pages on which a kennitala is corrected and two entries become one. For superusers.

Whoever has a member's number gets that member's rights in the portal, so both pages ask for both factors
again (`staff.recent`), and say before anything is done what will be.
"""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from membership.admin import MemberPage
from merge_engine.kennitala import masked
from merge_engine.unfit import shown

from sync.correction import NotCorrectedError, as_stored, correct, differences, holder_of, unite
from sync.restore import NotRestorableError
from sync.texts import label, text

SALT = "sync.correction"


def correct_page(modeladmin, request, comrade):
    """Ask for the right kennitala, twice; then correct it."""
    _require_superuser(request)
    if request.method != "POST":
        return _show(modeladmin, request, comrade, "correct", seen=comrade.ssn)
    try:
        kennitala = as_stored(request.POST.get("kennitala", ""))
        if kennitala != as_stored(request.POST.get("again", "")):
            raise NotCorrectedError(text("correct.unlike"))
        correct(comrade, request.POST.get("seen", ""), kennitala, request.user)
    except NotCorrectedError as reason:
        messages.error(request, str(reason))
        return _show(modeladmin, request, comrade, "correct", seen=comrade.ssn)
    messages.success(request, text("correct.done"))
    return _back_to(comrade)


def unite_page(modeladmin, request, comrade):
    """Ask for the other entry; show what differs; then make one of both."""
    _require_superuser(request)
    if request.method != "POST":
        return _show(modeladmin, request, comrade, "unite")
    try:
        other = holder_of(as_stored(request.POST.get("kennitala", "")))
        if other is None or other.pk == comrade.pk:
            raise NotCorrectedError(text("unite.nobody"))
        if "seen" not in request.POST:
            return _ask(modeladmin, request, comrade, other)
        seen = _unsigned(request.POST["seen"], comrade, other)
        chosen = [path for path in seen if request.POST.get(path) == "gone"]
        unite(comrade, other, seen, chosen, request.user)
    except (NotCorrectedError, NotRestorableError) as reason:
        messages.error(request, str(reason))
        return _show(modeladmin, request, comrade, "unite")
    messages.success(request, text("unite.done"))
    return _back_to(comrade)


def _ask(modeladmin, request, comrade, other):
    found = differences(comrade, other)
    seen = {path: [shown(value) for value in both] for path, both in found.items()}
    rows = [{"path": path, "kept": both[0], "gone": both[1]} for path, both in sorted(seen.items())]
    signed = signing.dumps([comrade.pk, other.pk, seen], salt=SALT, compress=True)
    return _show(modeladmin, request, comrade, "unite", other=other, rows=rows, seen=signed)


def _unsigned(signed, comrade, other):
    """What the page showed of these two. Raises NotCorrectedError."""
    try:
        kept, gone, seen = signing.loads(signed, salt=SALT, max_age=3600)
    except (signing.BadSignature, ValueError):
        raise NotCorrectedError(text("correct.meanwhile"))
    if [kept, gone] != [comrade.pk, other.pk]:
        raise NotCorrectedError(text("correct.meanwhile"))
    return seen


def _show(modeladmin, request, comrade, what, **more):
    context = dict(
        modeladmin.admin_site.each_context(request),
        title=text(what + ".title"),
        help=text(what + ".help"),
        send=text(what + ".send"),
        words={name: text("unite." + name) for name in ("field", "kept", "gone", "other")},
        typed={name: text("correct." + name) for name in ("kennitala", "again")},
        comrade=comrade,
        present=masked(comrade.ssn),
        opts=modeladmin.model._meta,
        **more,
    )
    return TemplateResponse(request, "admin/sync/{}_member.html".format(what), context)


def _back_to(comrade):
    return HttpResponseRedirect(reverse("admin:membership_comrade_change", args=[comrade.pk]))


def _require_superuser(request):
    if not request.user.is_superuser:
        raise PermissionDenied


PAGES = [
    MemberPage("correct", label("correct.title"), correct_page),
    MemberPage("unite", label("unite.title"), unite_page),
]
