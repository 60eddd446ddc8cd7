"""The admin action of the right to be forgotten: asks first, then erases."""

from django.contrib import messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from merge_engine.kennitala import masked

from sync.erasure import StillMovingError, erase
from sync.texts import label, text

RIGHT = "membership.delete_comrade"


def may_erase(request):
    """Whether they may erase people: the right to delete members."""
    return request.user.has_perm(RIGHT)


def erase_selected(modeladmin, request, queryset):
    """Erase the chosen members, after a page that says what that means. Needs the right to delete members."""
    members = [(row.ssn, row.name) for row in queryset]
    return _erase(modeladmin, request, queryset, erase_selected.__name__, members)


def erase_people(modeladmin, request, queryset):
    """The same for rows of the sync's records: they name people who may be no members any more."""
    people = sorted({row.ssn for row in queryset})
    return _erase(
        modeladmin, request, queryset, erase_people.__name__, [(ssn, masked(ssn)) for ssn in people]
    )


erase_selected.short_description = erase_people.short_description = label("erase.action")
erase_selected.allowed_permissions = ("delete",)
erase_people.allowed_permissions = ("erase",)


def _erase(modeladmin, request, queryset, action, people):
    """Ask about these people (pairs of kennitala and name), and erase them once that is confirmed."""
    if not may_erase(request):
        raise PermissionDenied
    if request.POST.get("confirmed") != "yes":
        return _ask(modeladmin, request, queryset, action, [name for _, name in people])
    done = [_erased(modeladmin, request, ssn) for ssn, _ in people]
    modeladmin.message_user(request, text("erase.done", number=sum(done)), messages.SUCCESS)
    return None


def _erased(modeladmin, request, kennitala):
    """Erase one of them; False if that has to wait, which is then said."""
    try:
        erase(kennitala, request.user)
    except StillMovingError:
        said = text("erase.moving", kennitala=masked(kennitala))
        modeladmin.message_user(request, said, messages.ERROR)
        return False
    return True


def _ask(modeladmin, request, queryset, action, names):
    context = dict(
        modeladmin.admin_site.each_context(request),
        title=text("erase.title"),
        names=names,
        rows=[row.pk for row in queryset],
        action=action,
        help=text("erase.help"),
        send=text("erase.send"),
        back=text("erase.back"),
        opts=modeladmin.model._meta,
        action_checkbox_name=helpers.ACTION_CHECKBOX_NAME,
    )
    return TemplateResponse(request, "admin/sync/erase_members.html", context)
