"""What staff see of the API's tokens, and how a token is revoked. Tokens are made by `fab tokens.issue`."""

from django.apps import apps
from django.contrib import admin, messages

from api_access.models import ApiToken
from api_access.texts import label, text

# Django REST framework's own tokens are in plain text; only the release before still reads their table.
for plain in apps.get_app_config("authtoken").get_models():
    if admin.site.is_registered(plain):
        admin.site.unregister(plain)


def revoke_selected(modeladmin, request, queryset):
    """End the chosen tokens at once."""
    revoked = list(queryset.valid())
    queryset.revoke()
    for token in revoked:
        modeladmin.log_change(request, token, "revoked")
    modeladmin.message_user(request, text("revoke.done", number=len(revoked)), messages.SUCCESS)


revoke_selected.short_description = label("revoke")
revoke_selected.allowed_permissions = ("change",)


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Read only, but for revoking."""

    list_display = ["name", "owner", "shown_scopes", "created", "last_used", "expires", "revoked"]
    list_filter = ["revoked", "expires"]
    search_fields = ["name", "owner__username"]
    fields = list_display
    actions = [revoke_selected]

    def shown_scopes(self, token):
        """What it may do."""
        return ", ".join(token.granted)

    shown_scopes.short_description = label("scopes")

    def get_readonly_fields(self, request, obj=None):
        """Every shown field."""
        return self.fields

    def has_add_permission(self, request):
        """A token is never shown on a page."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Revoked tokens stay: they are the record."""
        return False
