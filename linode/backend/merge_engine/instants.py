"""Instants on the wire: RFC 3339 texts, compared as whole nanoseconds since 1970 (UTC)."""

import calendar
import re
from datetime import datetime, timedelta, timezone

FORM = re.compile(
    r"\A(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):(\d\d))\Z",
    re.ASCII | re.IGNORECASE,
)
NANOSECONDS = 10**9
LONGEST_READ = 3600 * NANOSECONDS
"""No worker lives so long after it has read something."""


def is_before(moment, known):
    """Whether Firestore was read at this moment before it was read at the known one.

    A moment that is even earlier is no old read: the clock, which had been ahead, was set back.
    """
    return 0 < known - moment <= LONGEST_READ


def parse(text):
    """The instant a text names. Raises ValueError if it is not a full RFC 3339 date-time."""
    match = FORM.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("not an RFC 3339 date and time with a zone")
    seconds, fraction, utc, sign, hours, minutes = match.groups()
    moment = datetime.strptime(seconds.upper(), "%Y-%m-%dT%H:%M:%S")
    if not utc:
        if int(hours) > 23 or int(minutes) > 59:
            raise ValueError("no such time zone")
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        moment += -offset if sign == "+" else offset
    return calendar.timegm(moment.timetuple()) * NANOSECONDS + int((fraction or "0").ljust(9, "0"))


def to_datetime(instant):
    """The instant as an aware datetime, cut to microseconds. Raises OverflowError outside years 1-9999."""
    seconds, nanoseconds = divmod(instant, NANOSECONDS)
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(
        seconds=seconds, microseconds=nanoseconds // 1000
    )


def from_datetime(moment):
    """The text of an aware datetime: UTC, `Z`, and microseconds only if there are any."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"
