"""The page on which staff write to members."""

from django.contrib import admin, messages

from communication.models import Email
from communication.sending import send
from communication.texts import label, text


@admin.register(Email)
class EmailAdmin(admin.ModelAdmin):
    """Messages; a sent one can no longer be changed."""

    list_display = ["subject", "author", "created_at", "sent_at"]
    search_fields = ["subject"]
    autocomplete_fields = ["recipients"]
    actions = ["send_selected"]

    def save_model(self, request, obj, form, change):
        """Record the author."""
        if not change:
            obj.author = request.user
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request, obj=None):
        """A sent message can no longer be changed."""
        return super().has_change_permission(request, obj) and (obj is None or obj.sent_at is None)

    def send_selected(self, request, queryset):
        """Send the chosen messages that have not been sent."""
        for email in queryset.filter(sent_at=None):
            said = text("send.done", letter=email, number=send(email))
            self.message_user(request, said, messages.SUCCESS)

    send_selected.short_description = label("send")
    send_selected.allowed_permissions = ("change",)
