"""What a member's page in the admin says about the sync: what is not synced now, and why."""

from membership.reasons import in_words
from merge_engine.erased_keys import REASON
from merge_engine.kennitala import masked

from sync import epochs
from sync.models import MemberSyncQueue, Shadow
from sync.texts import text


def notices(comrade):
    """A line if the sync is stopped, one if the member was erased before, and one for each resting field and
    each dead letter.
    """
    stopped = epochs.stopped()
    shadow = Shadow.objects.filter(ssn=comrade.ssn).first()
    unsynced = (shadow.resting if shadow else None) or {}
    resting = [text("notice.resting", reason=in_words(reason)) for _, reason in sorted(unsynced.items())]
    asked = shadow is not None and (shadow.held or {}).get("reason") == REASON
    before = [text("notice.erased_before")] if asked else []
    letters = MemberSyncQueue.objects.filter(ssn=comrade.ssn, dead=True).values_list(
        "error_message", flat=True
    )
    reasons = {letter.replace(comrade.ssn, masked(comrade.ssn)) for letter in letters if letter}
    everybody = [text("notice.stopped", reason=stopped)] if stopped else []
    dead = [text("notice.dead", reason=in_words(reason)) for reason in sorted(reasons)]
    return everybody + before + resting + dead
