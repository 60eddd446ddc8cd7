"""What is done with a letter: preview, test, approval, confirmation, copy; then progress and stop."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from membership import audit, search

from communication import audience, confirming, deliveries, trial
from communication.confirming import NotSendableError
from communication.models import Delivery, Email
from communication.rendering import Rendering
from communication.texts import text

SAMPLE = 10
SHOWN = 100
REFRESH_SECONDS = 3
RIGHT, LOOK = "communication.change_email", "communication.view_email"


def offered(letter):
    """The pages that a letter has now, by their names."""
    return ("preview", "progress", "copy") if letter.sent_at else ("preview", "send", "copy")


def of(modeladmin, view):
    """The view of a page: for whoever may look at letters, and what is sent to it for who may change them."""

    @never_cache
    def answer(request, pk):
        if not request.user.has_perm(RIGHT) and (request.method == "POST" or not request.user.has_perm(LOOK)):
            raise PermissionDenied
        letter = Email.objects.select_related("audience").filter(pk=pk).first()
        if letter is None:
            raise Http404
        return view(partial(_show, modeladmin, request, letter), request, letter)

    return answer


def preview(show, request, letter):
    """The letter as one member gets it; sent to oneself by a button."""
    members = audience.recipients(letter)
    searched = request.GET.get("name", "") or request.POST.get("name", "")
    comrade = search.found(members, searched).first()
    if comrade is None:
        messages.warning(request, text("preview.nobody" if searched else "not.nobody"))
        return show("preview", name=searched)
    if request.method == "POST":
        _send_test(request, letter, comrade)
    return show("preview", name=searched, **_one(letter, comrade))


def send(show, request, letter):
    """How many get it, some of them, and what stands against it; confirmed by typing the number."""
    members = audience.recipients(letter)
    number = members.count()
    if request.method == "POST":
        try:
            confirming.confirm(letter, _number(request.POST.get("number", "")), request.POST.get("seen", ""))
        except NotSendableError as reason:
            messages.error(request, str(reason))
        else:
            audit.log(request.user, letter, audit.CHANGE, "Confirmed: {} recipients".format(number))
            messages.success(request, text("send.done", number=number))
            return redirect("admin:communication_email_progress", letter.pk)
    return show(
        "send",
        number=number,
        sample=members.order_by("?")[:SAMPLE],
        unreached=audience.unreached(letter),
        reason=confirming.why_not(letter, number),
        needs_approval=letter.is_required and letter.approved_by is None,
        seen=confirming.digest(letter),
        **_one(letter, members.first()),
    )


def approve(show, request, letter):
    """A second person's word; only by a button."""
    if request.method == "POST":
        try:
            confirming.approve(letter, request.user, request.POST.get("seen", ""))
            audit.log(request.user, letter, audit.CHANGE, "Approved")
            messages.success(request, text("approve.done"))
        except NotSendableError as reason:
            messages.error(request, str(reason))
    return redirect("admin:communication_email_send", letter.pk)


def copy(show, request, letter):
    """A new draft with the same text and audience."""
    if request.method != "POST":
        return show("copy")
    chosen = list(letter.recipients.values_list("pk", flat=True))
    letter.pk, letter.sent_at, letter.number, letter.approved_by = None, None, None, None
    letter.author = request.user
    letter.save(force_insert=True)
    letter.recipients.set(chosen)
    audit.log(request.user, letter, audit.ADDITION, "Copied")
    messages.success(request, text("copy.done"))
    return redirect("admin:communication_email_change", letter.pk)


def progress(show, request, letter):
    """How many are in which state; the buttons; who did not get it, and why."""
    if request.method == "POST":
        action = next((name for name in ACTIONS if name in request.POST), None)
        if action:
            number = ACTIONS[action](letter)
            audit.log(request.user, letter, audit.CHANGE, "{}: {} deliveries".format(action, number))
            messages.success(request, text(action + ".done", number=number))
        return redirect("admin:communication_email_progress", letter.pk)
    counts = deliveries.counts(letter)
    told = letter.deliveries.filter(state__in=[Delivery.UNKNOWN, Delivery.FAILED]) | letter.deliveries.filter(
        state=Delivery.PENDING
    ).exclude(reply="")
    rows = list(told.select_related("comrade").order_by("state", "pk")[: SHOWN + 1])
    response = show(
        "progress",
        counts=[(text("state." + state), number) for state, number in counts.items()],
        actions=[name for name, state in BUTTONS if counts[state]],
        unknown=counts[Delivery.UNKNOWN],
        rows=[(row.comrade, text("state." + row.state), row.reply) for row in rows[:SHOWN]],
        more=SHOWN if len(rows) > SHOWN else 0,
    )
    if counts[Delivery.PENDING] or counts[Delivery.SENDING]:
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


ACTIONS = {"stop": deliveries.stop, "go_on": deliveries.go_on, "again": deliveries.send_again}
BUTTONS = (("stop", Delivery.PENDING), ("go_on", Delivery.STOPPED), ("again", Delivery.UNKNOWN))
PAGES = {"preview": preview, "send": send, "approve": approve, "copy": copy, "progress": progress}


def _one(letter, comrade):
    """What is shown of the letter to one member; nothing if there is none."""
    if comrade is None:
        return {}
    subject, plain, html = Rendering(letter).for_staff(comrade)
    return {"comrade": comrade, "subject": subject, "plain": plain, "html": html}


def _send_test(request, letter, comrade):
    if not settings.MAIL:
        messages.error(request, text("not.server"))
    elif not request.user.email:
        messages.error(request, text("test.address"))
    else:
        reason = trial.send(letter, comrade, request.user.email)
        said = text("test.failed", reason=reason) if reason else text("test.done", address=request.user.email)
        messages.add_message(request, messages.ERROR if reason else messages.SUCCESS, said)


def _number(written):
    return int(written) if written.strip().isdecimal() else -1


def _show(modeladmin, request, letter, page, **more):
    key = page if page == "copy" else page + ".title"
    context = dict(
        modeladmin.admin_site.each_context(request),
        title=text(key),
        letter=letter,
        opts=modeladmin.model._meta,
        **more,
    )
    return TemplateResponse(request, "admin/communication/email/{}.html".format(page), context)
