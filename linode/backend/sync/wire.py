"""Reads the bodies of version 1 of the sync's API. A wrong shape is refused whole, with HTTP 400."""

import re

from django.utils.dateparse import parse_datetime
from merge_engine import instants
from merge_engine.acknowledgement import Acknowledgement, Failure
from merge_engine.after_restore import STORES, Restored
from merge_engine.epoch import Carried
from merge_engine.kennitala import is_kennitala
from merge_engine.pair import NOT_TOLD
from merge_engine.shared_fields import WHOLE
from merge_engine.verdict import Presented
from rest_framework.exceptions import ValidationError

from sync.versions import OtherVersion

VERSION = 1
MOST_DOCUMENTS = 500
MOST_CLAIMED = 1000
MOST_HASHES = 5000
LONGEST_LEASE_SECONDS = 3600
MESSAGE_LENGTH = 2000
LONGEST_ERASURE = 36
WHOLE_NUMBER = re.compile(r"\A[0-9]{1,9}\Z")


def mapping(body):
    """A JSON object."""
    if not isinstance(body, dict):
        raise ValidationError("The body must be a JSON object.")
    return body


def check_version(body):
    """Refuse every other version of the API: a whole number for now, for the halves are deployed in turn."""
    message = "Only version {} is spoken.".format(VERSION)
    if type(body.get("version")) is not int:
        raise ValidationError({"version": message})
    if body["version"] != VERSION:
        raise OtherVersion(message)


def presented(body, shared=WHOLE):
    """The documents of an `apply` call: (Presented list, read time, dry run, epoch that Firestore has).

    `shared`: the fields that both halves know. Which store was restored is for `restored` to read.
    """
    check_version(mapping(body))
    dry_run = _flag(body, "dry_run")
    entries = _entries(body, "documents", at_least=1)
    knows_moves = _flag(body, "moves")
    members = [_presented(entry, shared)._replace(knows_moves=knows_moves) for entry in entries]
    _check_unique(members, "documents")
    read_time = _instant(body, "read_time")
    return members, read_time, dry_run, _carried(body, read_time)


def epoch(body):
    """What Firestore carries, and whether the next number is asked for."""
    check_version(mapping(body))
    return _carried(body, _instant(body, "read_time")), _flag(body, "advance")


def _carried(body, read_time):
    """The epoch that Firestore has; NOT_TOLD by a cloud of an earlier version."""
    if "epoch" not in body:
        return NOT_TOLD
    if body["epoch"] is None:
        return Carried("", 0, read_time)
    carried = mapping(body["epoch"])
    return Carried(_text(carried, "line", 32), _number(carried, "number", 0, 2**63 - 1), read_time)


def restored(body):
    """Which store a person says was restored, or None."""
    told = mapping(body).get("restored")
    if told is None:
        return None
    if mapping(told).get("store") not in STORES:
        raise ValidationError({"restored": "The store must be one of {}.".format(", ".join(STORES))})
    return Restored(told["store"], _number(told, "highest_number", 0, 2**31 - 1, default=0))


def released(body):
    """What a `release` call lets through: kennitala → fingerprint of the deletion that was shown."""
    entries = mapping(body).get("released", {})
    least = 0 if "restored" in body else 1
    if not isinstance(entries, dict) or not least <= len(entries) <= MOST_DOCUMENTS:
        raise ValidationError({"released": "Must be a map that is not empty."})
    for kennitala, fingerprint in entries.items():
        if not is_kennitala(kennitala) or not isinstance(fingerprint, str):
            raise ValidationError({"released": "Must map kennitalas to fingerprints."})
    return entries


def _flag(body, name):
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise ValidationError({name: "Must be true or false."})
    return value


def _presented(entry, shared):
    document = entry.get("document")
    if document is not None and not isinstance(document, dict):
        raise ValidationError({"document": "Must be a JSON object or null."})
    update_time = _instant(entry, "update_time", optional=document is None)
    if document is None:
        update_time = None
    text = None if update_time is None else entry["update_time"]
    operation = _text(entry, "operation", 100, optional=True)
    edited = _instant(entry, "edited", optional=True)
    known = _kennitala(entry), document, update_time, text, operation, _told(entry), edited
    erasures = {name: _text(entry, name, LONGEST_ERASURE, optional=True) for name in ("erasure", "listed")}
    return Presented(*known, shared=shared, **erasures)


def _told(entry):
    """Why fields rest, by path, as the document says; None from a cloud that does not know of it."""
    told = entry.get("told")
    if told is not None and not (
        isinstance(told, dict) and all(isinstance(reason, str) for reason in told.values())
    ):
        raise ValidationError({"told": "Must be a JSON object of texts, or null."})
    return told


def acknowledgements(body):
    """The acknowledgements and failures of a `mark-synced` call."""
    check_version(mapping(body))
    landed = [_acknowledgement(entry) for entry in _entries(body, "acknowledgements")]
    failures = [_failure(entry) for entry in _entries(body, "failures")]
    if not landed and not failures:
        raise ValidationError("Nothing to mark.")
    _check_unique(landed, "acknowledgements")
    _check_unique(failures, "failures")
    return landed, failures


def _acknowledgement(entry):
    update_time = _instant(entry, "update_time", optional=True)
    return Acknowledgement(
        _kennitala(entry), _text(entry, "operation", 100), _number(entry, "rev", 0, 2**63 - 1), update_time
    )


def _failure(entry):
    if not isinstance(entry.get("permanent"), bool):
        raise ValidationError({"permanent": "Must be true or false."})
    message = _text(entry, "message")[:MESSAGE_LENGTH].replace("\x00", "")
    return Failure(_kennitala(entry), message.encode("utf-8", "replace").decode("utf-8"), entry["permanent"])


def erasures(body):
    """What a call about erasures tells: those that the cloud has carried out, and how many it takes."""
    check_version(mapping(body))
    done = [(_kennitala(entry), _text(entry, "erasure", LONGEST_ERASURE)) for entry in _entries(body, "done")]
    return done, _number(body, "limit", 0, MOST_DOCUMENTS, default=100)


def claim(body):
    """The worker, limit and lease (seconds) of a claim."""
    mapping(body)
    limit = _number(body, "limit", 1, MOST_CLAIMED, default=100)
    lease = _number(body, "lease_seconds", 1, LONGEST_LEASE_SECONDS, default=60)
    return _text(body, "worker", 100), limit, lease


def row_ids(body):
    """The ids of the old form of `mark-synced`."""
    ids = body["sync_ids"]
    if not isinstance(ids, list) or not 0 < len(ids) <= 10 * MOST_DOCUMENTS:
        raise ValidationError({"sync_ids": "Must be a list that is not empty."})
    return [_number({"id": value}, "id", 1, 2**31 - 1) for value in ids]


def query_limit(parameters, default, most):
    """`limit` of a query string, cut to what is allowed."""
    text = parameters.get("limit", str(default))
    if not WHOLE_NUMBER.match(text):
        raise ValidationError({"limit": "Must be a whole number."})
    return max(1, min(int(text), most))


def check_since(parameters):
    """Check the form of `since`, which old callers send; it has no effect."""
    text = parameters.get("since")
    try:
        if text and parse_datetime(text.replace(" ", "+")) is None:
            raise ValueError
    except ValueError:
        raise ValidationError({"since": "Must be an ISO 8601 date and time."})


def page(parameters):
    """The kennitala after which a page of members begins, and the length of the page."""
    after = mapping(parameters).get("after") or ""
    if after and not is_kennitala(after):
        raise ValidationError({"after": "Must be a kennitala."})
    return after, _number(parameters, "limit", 1, MOST_HASHES, default=MOST_DOCUMENTS)


def asks_whom_records_name(parameters):
    """Whether a call asks for the people whom records name, instead of for members."""
    return _flag(mapping(parameters), "remembered")


def comparison_round(parameters):
    """What a run says of its round: whether it begins, and how far it came; None if it says nothing."""
    told = mapping(parameters).get("round")
    if told is None:
        return None
    reached = mapping(told).get("reached")
    if reached is not None and not is_kennitala(reached):
        raise ValidationError({"round": "`reached` must be a kennitala or null."})
    return _flag(told, "begins"), reached


def _entries(body, name, at_least=0):
    entries = body.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValidationError({name: "Must be a list of JSON objects."})
    if not at_least <= len(entries) <= MOST_DOCUMENTS:
        raise ValidationError({name: "Must be {} to {} entries.".format(at_least, MOST_DOCUMENTS)})
    return entries


def _check_unique(entries, name):
    if len({entry.kennitala for entry in entries}) != len(entries):
        raise ValidationError({name: "The same kennitala comes twice."})


def _kennitala(entry):
    if not is_kennitala(entry.get("kennitala")):
        raise ValidationError({"kennitala": "Must be ten digits."})
    return entry["kennitala"]


def _instant(entry, name, optional=False):
    if optional and entry.get(name) is None:
        return None
    try:
        return instants.parse(entry.get(name))
    except ValueError as error:
        raise ValidationError({name: "{}.".format(error)})


def _text(entry, name, length=None, optional=False):
    value = entry.get(name)
    if optional and value is None:
        return None
    if not isinstance(value, str) or not value or (length and (len(value) > length or "\x00" in value)):
        raise ValidationError({name: "Must be text."})
    return value


def _number(entry, name, least, most, default=None):
    value = entry.get(name, default)
    if type(value) is not int or not least <= value <= most:
        raise ValidationError({name: "Must be a whole number from {} to {}.".format(least, most)})
    return value
