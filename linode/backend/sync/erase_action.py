"""The admin action of the right to be forgotten: asks first, then erases."""

from django.contrib import messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse

from sync.erasure import erase
from sync.texts import label, text


def erase_selected(modeladmin, request, queryset):
    """Erase the chosen members, after a page that says what that means. Needs the right to delete members."""
    if not modeladmin.has_delete_permission(request):
        raise PermissionDenied
    if request.POST.get("confirmed") != "yes":
        return _ask(modeladmin, request, queryset)
    members = list(queryset)
    for comrade in members:
        erase(comrade, request.user)
    modeladmin.message_user(request, text("erase.done", number=len(members)), messages.SUCCESS)
    return None


erase_selected.short_description = label("erase.action")
erase_selected.allowed_permissions = ("delete",)


def _ask(modeladmin, request, queryset):
    context = dict(
        modeladmin.admin_site.each_context(request),
        title=text("erase.title"),
        members=queryset,
        help=text("erase.help"),
        send=text("erase.send"),
        opts=modeladmin.model._meta,
        action_checkbox_name=helpers.ACTION_CHECKBOX_NAME,
    )
    return TemplateResponse(request, "admin/sync/erase_members.html", context)
