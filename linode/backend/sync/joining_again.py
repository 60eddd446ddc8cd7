"""Lets somebody in who was erased and joins again: a decision of staff, written down in the admin's log."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from membership import audit
from membership.models import Comrade

from sync import erasures
from sync.nudge import request_after_commit
from sync.texts import label, text

RIGHT = "membership.add_comrade"


@transaction.atomic
def let_in(kennitala, user):
    """Have the sync take this member like any other; False if nobody was asked about them."""
    comrade = Comrade.objects.filter(ssn=kennitala).first()
    if comrade is None or not erasures.let_in(kennitala):
        return False
    audit.log(user, comrade, audit.CHANGE, "Let in: had been erased, and joined again.")
    request_after_commit()
    return True


def let_in_selected(modeladmin, request, queryset):
    """The admin's action, for those who may add members."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    number = sum(let_in(ssn, request.user) for ssn in queryset.values_list("ssn", flat=True))
    modeladmin.message_user(request, text("let_in.done", number=number), messages.SUCCESS)


let_in_selected.short_description = label("let_in.action")
let_in_selected.allowed_permissions = ("add",)
