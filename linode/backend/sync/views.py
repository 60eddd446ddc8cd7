"""The API under /felagar/api/sync/. `api_access/routes.json` says which token may make which call."""

from django.shortcuts import get_object_or_404
from membership.models import Comrade
from merge_engine.documents import nest
from merge_engine.epoch import SetBackError
from merge_engine.unfit import fit
from merge_engine.word import NOTHING_SAID, Word
from rest_framework.response import Response
from rest_framework.views import APIView

from sync import (
    acknowledge,
    comparison,
    erasures,
    held,
    in_step,
    outbox,
    records,
    rounds,
    status,
    versions,
    wire,
)
from sync.apply import apply


class CloudView(APIView):
    """A call of the cloud. Each half says which fields it knows; `self.shared` is what both do."""

    def initial(self, request, *args, **kwargs):
        """After the caller is let in, hear what it says."""
        super().initial(request, *args, **kwargs)
        self.shared = versions.heard(request)

    def finalize_response(self, request, response, *args, **kwargs):
        """Say the same of this half, also if the call is refused."""
        return versions.tell(super().finalize_response(request, response, *args, **kwargs))


class Changes(CloudView):
    """Changes that wait to be carried to the cloud."""

    def get(self, request):
        """The oldest pending rows. `since` is accepted and hides none of them."""
        wire.check_since(request.query_params)
        limit = wire.query_limit(request.query_params, default=100, most=wire.MOST_CLAIMED)
        return Response(_changes(outbox.pending(limit)))

    def post(self, request):
        """Lease due members to a worker: one entry for each member, made of all its rows."""
        worker, limit, lease_seconds = wire.claim(request.data)
        records.forget_old()
        return Response(_changes(_by_member(outbox.claim(worker, limit, lease_seconds))))


def _by_member(rows):
    """One row per member: the latest, with the changes of the others beneath it."""
    members = {}
    for row in rows:
        earlier = members.get(row.ssn)
        if earlier is not None:
            row.fields_changed = dict(earlier.fields_changed, **row.fields_changed)
            row.retry_count = max(row.retry_count, earlier.retry_count)
            row.action = "update" if row.action != "delete" else row.action
        members[row.ssn] = row
    return list(members.values())


def _changes(rows):
    changes = [
        {
            "id": row.id,
            "kennitala": row.ssn,
            "action": row.action,
            "fields_changed": row.fields_changed,
            "rev": row.rev,
            "created_at": row.created_at,
            "retry_count": row.retry_count,
        }
        for row in rows
    ]
    return {"changes": changes, "remaining": outbox.due_count()}


class Apply(CloudView):
    """Merges the cloud's documents with the register."""

    def post(self, request):
        """An answer per kennitala; see apply.py. Only a dry run may say that a store was restored."""
        presented, read_time, dry_run, carried = wire.presented(request.data, self.shared)
        word = Word(restored=wire.restored(request.data)) if dry_run else NOTHING_SAID
        return _applied(presented, read_time, dry_run, carried, word)


def _applied(*said):
    try:
        return Response({"results": apply(*said)})
    except SetBackError as error:
        return _set_back(error)


def _set_back(error):
    """One of the stores was set back: nothing was written, and nothing is until a person decides."""
    return Response({"set_back": {"which": error.which, "reason": str(error)}}, status=409)


class Epoch(CloudView):
    """By which a store that was set back is noticed (see `merge_engine.epoch`)."""

    def post(self, request):
        """The line and number that Firestore is to have; with `advance`, the next number."""
        try:
            epoch = in_step.look(*wire.epoch(request.data))
        except SetBackError as error:
            return _set_back(error)
        return Response({"line": epoch.line, "number": epoch.issued})


class Release(CloudView):
    """Merges like `Apply`, and lets through what a person has released of what is held."""

    def post(self, request):
        """An answer per kennitala; a deletion that is not exactly what was shown stays held."""
        word = Word(wire.released(request.data), wire.restored(request.data))
        return _applied(*wire.presented(request.data, self.shared), word)


class Restored(CloudView):
    """A person has said which store was restored, and every member was reconciled by that."""

    def post(self, request):
        """The new line and number; the sync goes on once Firestore is seen to carry them."""
        epoch = in_step.decide(wire.epoch(request.data)[0])
        return Response({"line": epoch.next_line, "number": epoch.issued})


class Held(CloudView):
    """Who waits for a person, and why."""

    def post(self, request):
        """A page of them in the order of the kennitala."""
        return Response(held.page(*wire.page(request.data)))


class Erasures(CloudView):
    """People who were erased here, and whom the cloud is to forget, too."""

    def post(self, request):
        """Those that are next; the cloud says which it has carried out."""
        done, limit = wire.erasures(request.data)
        erasures.carried_out(done)
        return Response({"erasures": erasures.to_carry_out(limit)})


class MarkSynced(CloudView):
    """What landed in the cloud, and what failed."""

    def post(self, request):
        """What became of each member; for the old form `{"sync_ids": [...]}`, how many rows were marked."""
        if "sync_ids" in wire.mapping(request.data):
            return Response({"marked": outbox.finish_rows(wire.row_ids(request.data))})
        return Response({"results": acknowledge.mark_synced(*wire.acknowledgements(request.data))})


class Hashes(CloudView):
    """The nightly comparison's pages. By POST, so that no kennitala is part of an address."""

    def post(self, request):
        """A page of hashes in the order of the kennitala; what is remembered of the round (`rounds`); or a
        page of people who are no members, and whom the sync's records name."""
        if wire.asks_whom_records_name(request.data):
            return Response(comparison.named_by_records(*wire.page(request.data)))
        told = wire.comparison_round(request.data)
        if told is not None:
            begins, reached = told
            if begins:
                erasures.take_up_old_ones()
            return Response({"round": rounds.begin() if begins else rounds.end(reached)})
        return Response(comparison.hashes(*wire.page(request.data), shared=self.shared))

    def get(self, request):
        """The first page."""
        limit = wire.query_limit(request.query_params, default=wire.MOST_DOCUMENTS, most=wire.MOST_HASHES)
        return Response(comparison.hashes("", limit, self.shared))


class Status(APIView):
    """The state of the queue."""

    def get(self, request):
        """Counts, the oldest pending row, and the dead letters."""
        return Response(status.summary())


class Member(APIView):
    """One member as the cloud sees it."""

    def get(self, request, ssn):
        """The member's document and what the sync knows; 404 if there is no such member."""
        get_object_or_404(Comrade.objects.only("ssn"), ssn=ssn)
        document = nest(fit(comparison.wire_values([ssn])[ssn]))
        return Response({"kennitala": ssn, "document": document, "sync": status.member(ssn)})
