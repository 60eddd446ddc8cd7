"""Where staff write letters and choose who gets them. `pages.py` has what is done with a letter."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import path, reverse

from communication import confirming, pages
from communication.models import Audience, Email
from communication.texts import text


class EmailForm(forms.ModelForm):
    """Refuses a letter that nobody could send."""

    def clean(self):
        """Name the fields that there are not, and ask for the reason of a letter to everyone."""
        cleaned = super().clean()
        letter = Email(**{name: cleaned.get(name) or "" for name in ("subject", "body", "body_english")})
        unknown = confirming.unknown_fields(letter)
        if unknown:
            raise ValidationError(text("not.fields", fields=confirming.in_braces(unknown)))
        if cleaned.get("kind") == Email.REQUIRED and not cleaned.get("reason"):
            self.add_error("reason", ValidationError(text("not.reason")))
        return cleaned


@admin.register(Email)
class EmailAdmin(admin.ModelAdmin):
    """Letters; a confirmed one can no longer be changed."""

    form = EmailForm
    fields = ["subject", "body", "body_english", "kind", "reason", "audience", "recipients"]
    list_display = ["subject", "kind", "author", "created_at", "sent_at", "number"]
    list_select_related = ["author"]
    search_fields = ["subject"]
    autocomplete_fields = ["recipients"]
    actions = []
    change_form_template = "admin/communication/email/change_form.html"

    def get_urls(self):
        """Django's, and those of what is done with a letter."""
        own = [
            path(
                "<int:pk>/{}/".format(name),
                self.admin_site.admin_view(pages.of(self, view)),
                name="communication_email_" + name,
            )
            for name, view in pages.PAGES.items()
        ]
        return own + super().get_urls()

    def get_changeform_initial_data(self, request):
        """A new letter is news, unless somebody says otherwise."""
        return dict({"kind": Email.NEWS}, **super().get_changeform_initial_data(request))

    def render_change_form(self, request, context, *args, **kwargs):
        """The form, with the ways to the pages of this letter and what its text may name."""
        letter = context.get("original")
        context["fields_help"] = text("fields")
        context["letter_pages"] = [
            {"label": text(name), "address": reverse("admin:communication_email_" + name, args=[letter.pk])}
            for name in (pages.offered(letter) if letter else ())
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        """Whoever wrote it last is its author; a change ends the approval, which was of another text.

        A letter that somebody confirmed since the form was read stays as it was confirmed.
        """
        if change and not Email.objects.select_for_update().filter(pk=obj.pk, sent_at=None):
            raise PermissionDenied
        if not change or form.changed_data:
            obj.author, obj.approved_by = request.user, None
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request, obj=None):
        """A confirmed letter can no longer be changed."""
        return super().has_change_permission(request, obj) and (obj is None or obj.sent_at is None)

    def has_delete_permission(self, request, obj=None):
        """Nor removed: what members got stays on record."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.sent_at is None)


@admin.register(Audience)
class AudienceAdmin(admin.ModelAdmin):
    """Saved choices of members."""

    list_display = ["name", "active", "suspended", "left"]
    search_fields = ["name"]
    filter_horizontal = ["unions"]

    def save_model(self, request, obj, form, change):
        """A change ends the approval of drafts, which was of other recipients."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            obj.letters.filter(sent_at=None).update(approved_by=None)
