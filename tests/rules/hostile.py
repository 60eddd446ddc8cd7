"""Values for synced fields: good ones, and everything that a client with bad intentions may think of."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from random import Random
from typing import Any

from sync.field_map import SyncedField
from tests.rules.rest import Raw

WORDS = (
    "Dæmigata 1",
    "Þórsgata",
    "Reykjavík",
    "101",
    "220",
    "SW1A 1AA",
    "Kristín",
    "a",
    "x y",
    "🙂",
    "<b>",
    "'",
)
EMAILS = ("jon@example.is", "a.b+c@sub.example.co.uk", "o'brien@example.is", "A@B.IS", "x@xn--dmi-0na.is")
PHONES = ("5551234", "+4512345678", "+12345", "+3531234567", "+35312345678901", "0100000", "+493012345678")
ODD_TEXTS = (
    "",
    " ",
    "\u00a0",
    " a",
    "a ",
    "\u2003a",
    "a\u0000b",
    "a\nb",
    "a\tb",
    "a\u0085b",
    "\u200b",
    "a\u200bb",
    "\u202eabc",
    "\ufeffa",
    "\u2066a",
    "\ud800",
    "a\udfffb",
    "\ufffd",
    "null",
    "__name__",
    "../../members/x",
    "e\u0301",
    "\uff15\uff15\uff15\uff11\uff12\uff13\uff14",
    "\U0001d7dd\U0001d7dd\U0001d7dd\U0001d7d9\U0001d7da\U0001d7db\U0001d7dc",
)
ODD_EMAILS = (
    "a@b..c",
    "a..b@c.is",
    ".a@c.is",
    "a.@c.is",
    "a@b",
    "a@-c.is",
    "a@c-.is",
    "a@c.-is",
    "a@c.i",
    "a@c.i9",
    "a@c.9is",
    "a@c.a-b",
    "a@c.xn--p1ai",
    "a b@c.is",
    "a@b@c.is",
    "jón@example.is",
    "a@dæmi.is",
    '"a b"@c.is',
    "a@[127.0.0.1]",
    "a@c.is\n",
    " a@c.is",
    "a@c.is ",
    f"{'x' * 64}@{'y' * 63}.is",
    f"a@{'y' * 64}.is",
    f"{'x' * 250}@c.is",
)
ODD_PHONES = (
    "0000000",
    "0012345",
    "555-1234",
    "555 12 34",
    "+354 555 1234",
    "+3545551234",
    "00354-5551234",
    "3545551234",
    "+354123456",
    "+35455512345",
    "+0123456",
    "+123",
    "12345678",
    "+1234567890123456",
    "0045 12345678",
    "(555) 1234",
    "5551234x1",
)
DAYS = ("1970-01-31", "2000-02-29", "0001-01-01", "1900-12-31")
ODD_DAYS = (
    "1970-02-30",
    "1900-02-29",
    "19700101",
    "1970-W01-1",
    "31.12.1970",
    "10000-01-01",
    "2999-01-01",
    "0000-01-01",
    "1970-1-1",
    "1970-01-01T00:00:00Z",
)
HUGE = (300, 5_000, 100_000, 900_000)


def good(chance: Random, field: SyncedField) -> Any:
    """A value that every way in takes."""
    if field.choices:
        return chance.choice(field.choices)
    made: dict[str, Callable[[], Any]] = {
        "boolean": lambda: chance.random() < 0.5,
        "email": lambda: chance.choice(EMAILS),
        "phone": lambda: chance.choice(PHONES),
        "date": lambda: chance.choice(DAYS),
    }
    return made.get(field.type, lambda: _words(chance, field.max_length or 20))()


def _words(chance: Random, longest: int) -> str:
    text = " ".join(chance.choices(WORDS, k=chance.randint(1, 3)))
    return text[: longest // 2].strip() if chance.random() < 0.9 else "x" * longest


def odd_text(chance: Random, field: SyncedField) -> str:
    """A text that may or may not be one for this field."""
    ways = [
        lambda: chance.choice(ODD_TEXTS),
        lambda: chance.choice(ODD_EMAILS),
        lambda: chance.choice(ODD_PHONES),
        lambda: chance.choice(ODD_DAYS),
        lambda: "🙂" * ((field.max_length or 20) // 2 + chance.randint(-1, 1)),
        lambda: "x" * ((field.max_length or 20) + chance.randint(-1, 2)),
        lambda: unicodedata.normalize(chance.choice(["NFC", "NFD", "NFKC", "NFKD"]), "Þórdís Ǻ ﬁ Ⅷ"),
        lambda: "".join(chr(chance.randrange(0x11000)) for _ in range(chance.randint(1, 12))),
        lambda: _changed(chance, str(good(chance, field))),
    ]
    return chance.choice(ways)()


def _changed(chance: Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return (
        text[:place]
        + chance.choice(["", " ", ".", "@", "-", "\u0000", "\u200d", "ð", "9"])
        + text[place + 1 :]
    )


def of_another_type(chance: Random) -> Any:
    """Anything but a text."""
    return chance.choice(
        [
            None,
            True,
            False,
            0,
            1,
            -1,
            2**63 - 1,
            -(2**63),
            0.5,
            1.0,
            Raw({"doubleValue": "NaN"}),
            Raw({"doubleValue": "Infinity"}),
            Raw({"timestampValue": "2026-01-01T00:00:00Z"}),
            Raw({"bytesValue": "AAEC"}),
            Raw({"geoPointValue": {"latitude": 64.1, "longitude": -21.9}}),
            Raw({"referenceValue": "projects/demo-rules/databases/(default)/documents/members/x"}),
            [],
            ["jon@example.is"],
            {},
            {"street": "Dæmigata 1"},
            {"email": {"email": {"email": None}}},
            {"unreadable": "x"},
        ]
    )


def value(chance: Random, field: SyncedField) -> Any:
    """Mostly good, else odd, of another type, or huge."""
    kind = chance.random()
    if kind < 0.6:
        return good(chance, field)
    if kind < 0.85:
        return odd_text(chance, field)
    return of_another_type(chance) if kind < 0.99 else "x" * chance.choice(HUGE)
