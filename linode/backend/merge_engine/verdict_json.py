"""A verdict as JSON carries it to the cloud: the outcome, what to write, the conflicts, the changes."""

from merge_engine.documents import nest, same
from merge_engine.field_map import FIELDS, NUMBER
from merge_engine.kennitala import masked
from merge_engine.merge import DJANGO, EXISTENCE, FIRESTORE
from merge_engine.unfit import shown
from merge_engine.verdict import CLEAN, TOGETHER, WRITE


def to_json(verdict, operation, dry_run):
    """The verdict for the cloud. `operation`: the id of the write, None if there is none.

    Only a dry run lists the changes in the cloud field by field: otherwise the write itself says them.
    """
    changed = {
        DJANGO: changes_in_django(verdict),
        FIRESTORE: changes_in_firestore(verdict) if dry_run else [],
    }
    answer = {"outcome": verdict.outcome, "changes": changed, "conflicts": _conflicts(verdict)}
    if verdict.error is not None:
        answer["error"] = verdict.error
    if verdict.held is not None:
        answer["held"] = verdict.held
    if verdict.resting:
        answer["resting"] = verdict.resting
    if verdict.moved_to is not None:
        answer["moved_to"] = verdict.moved_to
    if verdict.outcome == TOGETHER:
        _say_with_whom(answer, verdict, dry_run)
    if verdict.outcome == WRITE:
        answer["write"] = _write(verdict, operation)
    return answer


def _say_with_whom(answer, verdict, dry_run):
    """Old and new number are merged together; if they are, a dry run says what becomes of the old one."""
    if dry_run and verdict.moved_to is not None:
        reason = "goes along to {}".format(masked(verdict.moved_to))
        gone = {"field": EXISTENCE, "before": True, "after": False, "reason": reason}
        answer.update(outcome=CLEAN, changes=dict(answer["changes"], **{FIRESTORE: [gone]}))
    else:
        answer["together"] = verdict.together


def changes_in_django(verdict):
    """What the verdict changes here, field by field with the reason."""
    if not verdict.changes_django:
        return []
    return _differences(verdict.before, verdict.after, verdict.reasons)


def changes_in_firestore(verdict):
    """What the verdict changes in the document, likewise; empty if the document stays as it is."""
    if verdict.outcome != WRITE:
        return []
    return _differences(verdict.firestore, verdict.after, verdict.reasons)


def _conflicts(verdict):
    return [dict(lost._asdict()) for lost in verdict.conflicts]


def _write(verdict, operation):
    text = verdict.presented.update_time_text
    return {
        "document": None if verdict.after is None else nest(verdict.after),
        "precondition": {"exists": False} if text is None else {"update_time": text},
        "operation": operation or "",
        "rev": verdict.rev,
        "takes_over": [
            {"kennitala": old.kennitala, "update_time": old.update_time_text} for old in verdict.takes_over
        ],
        "erasure": None if verdict.after is None else verdict.standing.erasure,
        "whole": verdict.base.erased,
    }


def _differences(before, after, reasons):
    found = []
    if (before is None) != (after is None):
        entry = {"field": EXISTENCE, "before": before is not None, "after": after is not None}
        found.append(dict(entry, reason=reasons.get(EXISTENCE, "")))
    if after is None:
        return found
    for field in [field for field in FIELDS if field.path in after]:
        old, new = shown((before or {}).get(field.path)), after[field.path]
        if not same(old, new) or _is_yet_to_be_given(field, new):
            reason = reasons.get(field.path) or reasons.get(EXISTENCE, "")
            reason = "written in canonical form" if reason == "equal" else reason
            found.append({"field": field.path, "before": old, "after": new, "reason": reason})
    return found


def _is_yet_to_be_given(field, value):
    """A dry run takes no number for a member who is new here; it still says that there will be one."""
    return field.path == NUMBER and value is None
