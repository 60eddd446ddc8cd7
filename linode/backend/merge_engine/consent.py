"""Consent that was withdrawn is not given again by a document from before that.

If Firestore is restored, a document says again what it said then, and to the merge that looks like an edit.
An edit is newer than the last read, because each write of a document sets `updatedAt`.
"""

from merge_engine.instants import NANOSECONDS
from merge_engine.merge import FIRESTORE, Lost
from merge_engine.unfit import shown

CONSENT = ("profile.reachable", "profile.groupable")
SLACK = 60 * NANOSECONDS
"""`updatedAt` is when the request came, which is a little before it is committed and can be read."""


def revived(theirs, base, edited, read_time):
    """The paths of consent that this document gives, although both sides last agreed on none.

    `edited`: when the document was last written; `read_time`: when it was read before this time.
    """
    agreed = base.values or base.tombstone or {}
    if theirs is None or edited is None or edited > read_time - SLACK:
        return []
    return [path for path in CONSENT if theirs.get(path) is True and agreed.get(path) is False]


def withdrawn(paths, ours):
    """The entries of the conflict log: who meant it can be given it back from there."""
    return [
        Lost(path, FIRESTORE, shown((ours or {}).get(path)), True, "withdrawn since; the document is older")
        for path in paths
    ]
