"""The pages on which staff keep the register."""

from django.contrib import admin, messages
from merge_engine.kennitala import masked

from membership.editor import record_editor
from membership.fresh_forms import FreshAdmin, save_changed, save_changed_formset
from membership.models import Comrade, ContactInfo, ForeignAddress, SimpleAddress, Title, Union


class ContactInfoInline(FreshAdmin, admin.StackedInline):
    """How to reach the member."""

    model = ContactInfo


class SimpleAddressInline(FreshAdmin, admin.StackedInline):
    """The address in Iceland."""

    model = SimpleAddress


class ForeignAddressInline(FreshAdmin, admin.TabularInline):
    """Addresses abroad."""

    model = ForeignAddress
    extra = 0


@admin.register(Comrade)
class ComradeAdmin(FreshAdmin, admin.ModelAdmin):
    """Members. Saves only what the form's user changed; the kennitala is masked wherever many are shown."""

    list_display = ["name", "masked_ssn", "status", "date_joined", "reachable"]
    list_filter = ["status", "reachable", "gender", "housing_situation"]
    list_select_related = True
    list_per_page = 50
    search_fields = ["name", "=ssn", "contact_info__email"]
    filter_horizontal = ["unions", "titles"]
    inlines = [ContactInfoInline, SimpleAddressInline, ForeignAddressInline]
    actions = []  # Other apps add theirs.
    notices = []
    """Functions of other apps: what is to be said on a member's page, as a list of lines."""

    def render_change_form(self, request, context, *args, **kwargs):
        """The page, with what there is to say about the member above it."""
        comrade = context.get("original")
        if comrade is not None and request.method == "GET":
            for line in [line for notice in self.notices for line in notice(comrade)]:
                self.message_user(request, line, messages.WARNING)
        return super().render_change_form(request, context, *args, **kwargs)

    def masked_ssn(self, comrade):
        """The kennitala without its last four digits."""
        return masked(comrade.ssn)

    masked_ssn.short_description = "kennitala"
    masked_ssn.admin_order_field = "ssn"

    def save_model(self, request, obj, form, change):
        """Save a new member whole, a known one only in what changed."""
        record_editor(request.user)
        if change:
            save_changed(obj, form.changed_data)
        else:
            obj.save()

    def save_formset(self, request, form, formset, change):
        """The same for the inlines."""
        save_changed_formset(formset)

    def delete_model(self, request, obj):
        """Delete, noting who did."""
        record_editor(request.user)
        super().delete_model(request, obj)


@admin.register(Union, Title)
class NameAdmin(admin.ModelAdmin):
    """Unions and titles: a name each."""

    search_fields = ["name"]
