"""The accounts of staff. Only superusers see and change them: whoever could, could make themselves one.

Before a change they are asked for both factors again (`recent.py`).
"""

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.template.response import TemplateResponse
from membership import audit
from membership.admin import ComradeAdmin

from staff import attempts, roles, second_factor
from staff.recent import AsksAgain, asking
from staff.texts import label, text

# Whoever has a member's kennitala has that member's rights in the portal.
ComradeAdmin.before_pages.append(asking)
admin.site.unregister(User)
admin.site.unregister(Group)


class SuperusersOnly(AsksAgain):
    """For the pages on which rights are given."""

    def has_module_permission(self, request):
        """See ModelAdmin."""
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        """See ModelAdmin."""
        return request.user.is_superuser

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request):
        """See ModelAdmin."""
        return request.user.is_superuser


@admin.register(Group)
class StaffGroupAdmin(SuperusersOnly, GroupAdmin):
    """Groups of before the roles; the front page does not show them."""

    def has_module_permission(self, request):
        """See ModelAdmin."""
        return False


class RolesField(ModelMultipleChoiceField):
    """The groups, as boxes with words."""

    widget = CheckboxSelectMultiple

    def label_from_instance(self, group):
        """See ModelChoiceField."""
        return roles.named(group)


def _without_rights(fields):
    return [name for name in fields if name != "user_permissions"]


@admin.register(User)
class StaffUserAdmin(SuperusersOnly, UserAdmin):
    """Django's page, with the second factor."""

    list_display = ["username", "email", "is_active", "is_staff", "is_superuser", "has_second_factor"]
    list_select_related = ["authenticator"]
    actions = ["reset_second_factor", "open_log_in"]
    filter_horizontal = []

    def get_fieldsets(self, request, obj=None):
        """Django's, with roles instead of single rights; those that a person has from before are shown."""
        shown = super().get_fieldsets(request, obj)
        if obj is not None and obj.user_permissions.exists():
            return shown
        return [(title, dict(each, fields=_without_rights(each["fields"]))) for title, each in shown]

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        """Roles to tick, each with what it is for."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field = RolesField(field.queryset, required=False, label=label("roles"))
        elif db_field.name == "user_permissions":
            field.label = label("rights")
        return field

    def has_second_factor(self, user):
        """Whether the person has set one up."""
        return hasattr(user, "authenticator")

    has_second_factor.boolean = True
    has_second_factor.short_description = label("second_factor")

    def reset_second_factor(self, request, queryset):
        """Remove it, after a page that asks: they set one up anew at the next log-in. Never one's own."""
        others = queryset.exclude(pk=request.user.pk)
        if len(others) < len(queryset):
            self.message_user(request, text("reset.own"), messages.ERROR)
        if not others:
            return None
        if request.POST.get("confirmed") != "yes":
            return _ask(self, request, others)
        for user in others:
            second_factor.reset(user)
            audit.log(request.user, user, audit.CHANGE, "Second factor reset")
            self.message_user(request, text("reset.done", name=user), messages.SUCCESS)
        return None

    def open_log_in(self, request, queryset):
        """Forget wrong passwords and codes."""
        for user in queryset:
            attempts.forget_user(user)
            audit.log(request.user, user, audit.CHANGE, "Log-in opened")
            self.message_user(request, text("unlock.done", name=user), messages.SUCCESS)

    reset_second_factor.short_description = label("reset.action")
    open_log_in.short_description = label("unlock.action")
    reset_second_factor.allowed_permissions = open_log_in.allowed_permissions = ("change",)


def _ask(modeladmin, request, users):
    context = dict(
        modeladmin.admin_site.each_context(request),
        title=text("reset.title"),
        users=users,
        action_checkbox_name=helpers.ACTION_CHECKBOX_NAME,
    )
    return TemplateResponse(request, "staff/reset_second_factor.html", context)
