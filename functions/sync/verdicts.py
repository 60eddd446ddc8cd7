"""Step 2 of a reconciliation: show Django what was read, and get a verdict for each member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .documents import Snapshot, StoredMember
from .failures import RefusedError, TransientError
from .field_map import FieldMap
from .options import Options
from .peer import DjangoPeer, Presented, Verdict, VerdictError
from .shared_fields import Shared, shared

REFUSED = "refused"
NAMED_FIELDS = 5
"""How many unknown fields of one member are named; there may be thousands."""
LONGEST_PATH = 60
"""How many characters of a name are shown."""


def verdicts_on(
    snapshot: Snapshot,
    peer: DjangoPeer,
    field_map: FieldMap,
    options: Options,
    listed: Mapping[str, str],
) -> dict[str, Verdict]:
    """A verdict for every member of the snapshot, whatever Django answered. Raises SyncError.

    `listed`: kennitala → the last erasure, of those who are on the list of erased keys.
    """
    presented = [_present(member, field_map, listed) for member in snapshot.members]
    answers = _apply(peer, snapshot, presented, options)
    if len(answers) > 1 and all(_refused(answer) for answer in answers.values()):
        # The request itself is wrong, not the members: no member may be given up for that.
        raise TransientError("Django refuses every member; do both sides speak the same version?")
    missing = _error("no_verdict", "Django gave no verdict", permanent=False)
    verdicts = {shown.kennitala: answers.get(shown.kennitala, missing) for shown in presented}
    return verdicts | _with_unknown_fields(verdicts, field_map, snapshot, shared(field_map, peer.heard))


def _present(member: StoredMember, field_map: FieldMap, listed: Mapping[str, str]) -> Presented:
    return Presented(
        kennitala=member.kennitala,
        document=None if member.fields is None else field_map.extract(member.fields),
        update_time=member.update_time,
        operation=member.operation,
        told=member.told,
        edited=member.edited,
        erasure=member.erasure,
        listed=listed.get(member.kennitala),
    )


def _with_unknown_fields(
    verdicts: dict[str, Verdict], field_map: FieldMap, snapshot: Snapshot, known: Shared
) -> dict[str, Verdict]:
    """The verdicts of members with an unknown field in their document: they are merged, and it is named."""
    everything = {member.kennitala: field_map.unknown(member.fields or {}) for member in snapshot.members}
    found = {
        kennitala: [path for path in paths if not known.is_apart(path)]
        for kennitala, paths in everything.items()
    }
    return {
        kennitala: verdicts[kennitala].model_copy(update={"unknown_fields": _named(paths)})
        for kennitala, paths in found.items()
        if paths
    }


def _named(paths: Sequence[str]) -> list[str]:
    shown = [path[:LONGEST_PATH] for path in paths[:NAMED_FIELDS]]
    return shown + ([f"and {len(paths) - NAMED_FIELDS} more"] if len(paths) > NAMED_FIELDS else [])


def _apply(
    peer: DjangoPeer, snapshot: Snapshot, presented: Sequence[Presented], options: Options
) -> dict[str, Verdict]:
    """Have them merged. If the request is refused, halve it until the member to blame is found."""
    if not presented:
        return {}
    try:
        return peer.apply(
            snapshot.read_time,
            presented,
            dry_run=options.dry_run,
            carried=snapshot.epoch,
            word=options.word,
        )
    except RefusedError as error:
        if len(presented) == 1:
            return {presented[0].kennitala: _error(REFUSED, str(error), permanent=True)}
    middle = len(presented) // 2
    first = _apply(peer, snapshot, presented[:middle], options)
    return first | _apply(peer, snapshot, presented[middle:], options)


def _error(code: str, message: str, *, permanent: bool) -> Verdict:
    return Verdict(outcome="error", error=VerdictError(code=code, message=message, permanent=permanent))


NO_KENNITALA = _error("not_a_kennitala", "not a kennitala", permanent=True)
"""The verdict on a document or entry whose name is not ten digits."""


def _refused(verdict: Verdict) -> bool:
    return verdict.error is not None and verdict.error.code == REFUSED
