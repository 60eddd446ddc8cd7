"""What staff see of the sync: the queue, the dead letters and the conflicts; and how they erase a member.

Nothing of the sync's own is added or edited by hand.
"""

from django.contrib import admin, messages
from django.db import transaction
from django.utils import timezone
from membership.admin import ComradeAdmin
from membership.models import Comrade
from membership.search import found
from merge_engine.kennitala import masked

from sync import epochs
from sync.correction_pages import PAGES
from sync.erase_action import erase_people, erase_selected, may_erase
from sync.joining_again import let_in_selected
from sync.models import Conflict, MemberSyncQueue
from sync.notices import notices
from sync.nudge import request_after_commit
from sync.restore import NotRestorableError, restore
from sync.texts import label, text

ComradeAdmin.actions += [erase_selected, let_in_selected]
ComradeAdmin.notices.append(notices)
ComradeAdmin.pages.extend(PAGES)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shown, searched and acted upon, but never edited; the kennitala is masked."""

    list_per_page = 50

    def masked_ssn(self, row):
        """The kennitala without its last four digits."""
        return masked(row.ssn)

    masked_ssn.short_description = "kennitala"

    def get_search_results(self, request, queryset, search_term):
        """Rows of members who are found by what was typed, and what Django finds itself."""
        rows, repeats = super().get_search_results(request, queryset, search_term)
        members = found(Comrade.objects.order_by(), search_term).values("ssn")
        return (rows | queryset.filter(ssn__in=members)) if search_term else rows, repeats

    def get_readonly_fields(self, request, obj=None):
        """Every shown field."""
        return self.fields

    def has_add_permission(self, request):
        """Rows come from the sync."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Rows stay: they are the record."""
        return False

    def has_erase_permission(self, request):
        """Whether they may erase the people whom rows name."""
        return may_erase(request)


@admin.register(MemberSyncQueue)
class MemberSyncQueueAdmin(ReadOnlyAdmin):
    """Captured changes on their way to the cloud."""

    list_display = [
        "masked_ssn",
        "action",
        "sync_status",
        "in_order",
        "created_at",
        "synced_at",
        "retry_count",
        "error",
    ]
    list_filter = ["sync_status", "dead", "action", "created_at"]
    search_fields = ["=ssn", "error_message"]
    date_hierarchy = "created_at"
    fields = [
        "masked_ssn",
        "member",
        "action",
        "fields_changed",
        "changed_by",
        "rev",
        "sync_status",
        "dead",
        "created_at",
        "synced_at",
        "next_attempt_at",
        "retry_count",
        "error_message",
        "leased_until",
        "leased_by",
    ]
    actions = ["mark_pending", "mark_synced", "retry_failed", erase_people]

    def changelist_view(self, request, extra_context=None):
        """The list; above it, why nothing is synced if a store was set back."""
        stopped = epochs.stopped()
        if stopped:
            self.message_user(request, text("notice.stopped", reason=stopped), messages.ERROR)
        return super().changelist_view(request, extra_context)

    def in_order(self, row):
        """Whether it is on its way, or there: a cross marks what was given up."""
        return not row.dead

    in_order.short_description = label("column.in_order")
    in_order.boolean = True
    in_order.admin_order_field = "dead"

    def error(self, row):
        """The beginning of the reason."""
        return (row.error_message or "")[:80]

    error.short_description = label("column.error")

    def mark_pending(self, request, queryset):
        """Have the rows carried (again)."""
        self._requeue(request, queryset)

    def mark_synced(self, request, queryset):
        """Take the rows off the queue; the nightly comparison still finds what differs."""
        number = queryset.update(
            sync_status=MemberSyncQueue.SYNCED, synced_at=timezone.now(), dead=False, leased_until=None
        )
        self.message_user(request, text("queue.settle.done", number=number), messages.SUCCESS)

    def retry_failed(self, request, queryset):
        """Try those that failed once more; their reason stays visible until they succeed."""
        self._requeue(request, queryset.filter(sync_status=MemberSyncQueue.FAILED))

    mark_pending.short_description = label("queue.pend")
    mark_synced.short_description = label("queue.settle")
    retry_failed.short_description = label("queue.retry")
    for _action in (mark_pending, mark_synced, retry_failed):
        _action.allowed_permissions = ("change",)
    del _action

    @transaction.atomic
    def _requeue(self, request, queryset):
        number = queryset.update(
            sync_status=MemberSyncQueue.PENDING,
            synced_at=None,
            dead=False,
            leased_until=None,
            next_attempt_at=timezone.now(),
        )
        request_after_commit()
        self.message_user(request, text("queue.pend.done", number=number), messages.SUCCESS)


@admin.register(Conflict)
class ConflictAdmin(ReadOnlyAdmin):
    """Edits that lost against another; each can be given back."""

    list_display = ["created_at", "masked_ssn", "field", "lost_on", "lost_by", "reason", "restored_at"]
    list_filter = ["lost_on", "field", "created_at", ("restored_at", admin.DateFieldListFilter)]
    search_fields = ["=ssn", "lost_by"]
    fields = [
        "created_at",
        "masked_ssn",
        "field",
        "lost_on",
        "lost_by",
        "django_value",
        "firestore_value",
        "reason",
        "restored_at",
        "restored_by",
    ]
    actions = ["restore_lost", erase_people]

    def has_restore_permission(self, request):
        """Restoring writes to the register, so it needs the right to edit members, too."""
        return self.has_change_permission(request) and request.user.has_perm("membership.change_comrade")

    def restore_lost(self, request, queryset):
        """Write the lost values back to the register as new edits."""
        for conflict in queryset:
            try:
                restore(conflict, request.user)
            except NotRestorableError as reason:
                ssn = masked(conflict.ssn)
                said = text("conflict.refused", field=conflict.field, ssn=ssn, reason=reason)
                self.message_user(request, said, messages.ERROR)
            else:
                self.message_user(request, text("conflict.restored", field=conflict.field), messages.SUCCESS)

    restore_lost.short_description = label("conflict.restore")
    restore_lost.allowed_permissions = ("restore",)
