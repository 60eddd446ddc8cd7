"""The pages on which staff keep the register."""

from functools import partial
from typing import Any, Callable, NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path, reverse
from merge_engine.kennitala import masked

from membership.editor import record_editor
from membership.fresh_forms import FreshAdmin, save_changed, save_changed_formset
from membership.models import Comrade, ContactInfo, ForeignAddress, SimpleAddress, Title, Union
from membership.search import found
from membership.texts import text


class MemberPage(NamedTuple):
    """A page about one member, which another app adds: `view(modeladmin, request, comrade)`."""

    name: str
    label: Any
    view: Callable[..., Any]


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
    search_fields = ["name"]  # `get_search_results` says what is searched.
    filter_horizontal = ["unions", "titles"]
    inlines = [ContactInfoInline, SimpleAddressInline, ForeignAddressInline]
    actions = []  # Other apps add theirs.
    notices = []
    """Functions of other apps: what is to be said on a member's page, as a list of lines."""
    pages = []
    """MemberPages of other apps; only superusers see the way to them."""
    before_pages = []
    """What other apps put around each of these pages: functions from a view to a view."""
    change_form_template = "admin/membership/comrade/change_form.html"

    def get_urls(self):
        """Django's, and those of the pages that other apps add."""
        return [self._url(page) for page in self.pages] + super().get_urls()

    def _url(self, page):
        view = partial(self._show_page, page)
        for wrap in self.before_pages:
            view = wrap(view)
        place = "<path:object_id>/{}/".format(page.name)
        return path(place, self.admin_site.admin_view(view), name="membership_comrade_" + page.name)

    def _show_page(self, page, request, object_id):
        comrade = self.get_object(request, object_id)
        if comrade is None:
            raise Http404
        if not self.has_change_permission(request, comrade):
            raise PermissionDenied
        return page.view(self, request, comrade)

    def get_readonly_fields(self, request, obj=None):
        """A member's kennitala is corrected on a page of its own, for more than this row hangs on it."""
        return ["ssn"] if obj is not None else []

    def render_change_form(self, request, context, *args, **kwargs):
        """The page, with what there is to say about the member above it."""
        comrade = context.get("original")
        if comrade is not None and settings.PORTAL_URL:
            page = "{}/admin/members/{}".format(settings.PORTAL_URL.rstrip("/"), comrade.pk)
            context["portal_page"] = {"label": text("portal"), "address": page}
        if comrade is not None and request.user.is_superuser:
            context["member_pages"] = [
                {
                    "label": page.label,
                    "address": reverse("admin:membership_comrade_" + page.name, args=[comrade.pk]),
                }
                for page in self.pages
            ]
        if comrade is not None and request.method == "GET":
            for line in [line for notice in self.notices for line in notice(comrade)]:
                self.message_user(request, line, messages.WARNING)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_search_results(self, request, queryset, search_term):
        """Whoever is found by what was typed, here and where a letter's recipients are chosen."""
        return found(queryset, search_term), False

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
