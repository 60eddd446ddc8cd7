"""A Firestore in memory and the cloud's half of `reconcile`, in steps that tests interleave or lose."""

import copy
import itertools

from membership.tests.members import KENNITALA
from merge_engine import instants
from merge_engine.documents import flatten

from sync import acknowledge, erasures, wire
from sync.apply import apply
from sync.models import MemberSyncQueue


def text_of(tick):
    """The RFC 3339 text of a tick of the cloud's clock."""
    return instants.from_datetime(instants.to_datetime(tick * 1000 + 1_700_000_000 * instants.NANOSECONDS))


class Cloud:
    """Documents by kennitala, each with update time and the operation id that a write of the sync left."""

    def __init__(self):
        self.clock = itertools.count(1)
        self.documents = {}
        self.listed = {}
        """The list of erased keys: kennitala → erasure."""
        self.writes = 0

    def get(self, path, kennitala=KENNITALA):
        """One field of a document."""
        return flatten(self.documents[kennitala]["values"])[path]

    def edit(self, path, value, kennitala=KENNITALA):
        """A member's edit: the document changes, the operation id stays."""
        entry = copy.deepcopy(self.documents[kennitala])
        *parents, name = path.split(".")
        place = entry["values"]
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = value
        self.documents[kennitala] = dict(entry, update_time=text_of(next(self.clock)))

    def put(self, values, kennitala=KENNITALA):
        """A document that the sync did not write."""
        self.documents[kennitala] = {
            "values": values,
            "operation": None,
            "erasure": None,
            "update_time": text_of(next(self.clock)),
        }

    def delete(self, kennitala=KENNITALA):
        """Somebody removes the document."""
        self.documents.pop(kennitala, None)

    def read(self, *kennitalas):
        """The body of an `apply` call for these members."""
        documents = []
        for kennitala in kennitalas or [KENNITALA]:
            entry = self.documents.get(kennitala)
            documents.append(
                {
                    "kennitala": kennitala,
                    "document": copy.deepcopy(entry["values"]) if entry else None,
                    "update_time": entry["update_time"] if entry else None,
                    "operation": entry["operation"] if entry else None,
                    "erasure": entry["erasure"] if entry else None,
                    "listed": self.listed.get(kennitala),
                }
            )
        return {
            "version": 1,
            "read_time": text_of(next(self.clock)),
            "dry_run": False,
            "moves": True,
            "documents": documents,
        }

    def commit(self, kennitala, write):
        """Write with the precondition; the update time, or None if it did not hold."""
        entry = self.documents.get(kennitala)
        wanted = write["precondition"].get("update_time")
        if (entry["update_time"] if entry else None) != wanted:
            return None
        olds = write["takes_over"]
        if any(self._time_of(old["kennitala"]) != old["update_time"] for old in olds):
            return None
        self.writes += 1
        now = text_of(next(self.clock))
        before = [self.documents.pop(old["kennitala"])["values"] for old in olds]
        if write["document"] is None:
            self.documents.pop(kennitala, None)
        else:
            stands = [] if write["whole"] or not entry else [entry["values"]]
            values = {}
            for earlier in before + stands:
                values.update(copy.deepcopy(earlier))
            self.documents[kennitala] = {
                "values": written_over(values, write["document"]),
                "operation": write["operation"],
                "erasure": write["erasure"] or (entry["erasure"] if entry else None),
                "update_time": now,
            }
        return now

    def _time_of(self, kennitala):
        entry = self.documents.get(kennitala)
        return entry["update_time"] if entry else None

    def carry_out(self):
        """Erasures, as `functions/members/forgetting.py` does; how many."""
        orders = erasures.to_carry_out(100)
        for order in orders:
            self.listed[order["kennitala"]] = order["erasure"]
            self.delete(order["kennitala"])
            erasures.carried_out([(order["kennitala"], order["erasure"])])
        return len(orders)

    def reconcile(self, *kennitalas):
        """All four steps, nothing lost in between; the answers of step 2."""
        results = present(self.read(*kennitalas))
        for kennitala, result in results.items():
            if "write" in result:
                landed = self.commit(kennitala, result["write"])
                if landed:
                    acknowledge_write(kennitala, result["write"], landed)
        return results


def written_over(values, document):
    """A document with each value of another at its place; what the other does not state stays."""
    for name, value in document.items():
        before = values.get(name) if isinstance(values.get(name), dict) else {}
        values[name] = written_over(before, value) if isinstance(value, dict) else value
    return values


def present(body):
    """Step 2: have the documents merged; the answer per kennitala."""
    return apply(*wire.presented(body))


def acknowledge_write(kennitala, write, update_time):
    """Step 4: tell that a write landed; what became of it."""
    entry = {
        "kennitala": kennitala,
        "operation": write["operation"],
        "rev": write["rev"],
        "update_time": update_time,
    }
    body = {"version": 1, "acknowledgements": [entry], "failures": []}
    return acknowledge.mark_synced(*wire.acknowledgements(body))[kennitala]


def unsynced(kennitala=KENNITALA):
    """The member's rows that are not synced."""
    return MemberSyncQueue.objects.filter(ssn=kennitala).exclude(sync_status=MemberSyncQueue.SYNCED)
