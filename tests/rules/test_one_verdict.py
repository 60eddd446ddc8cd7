"""Every way in takes and refuses the same: rules, function, conversions, Django's forms and API, imports.

A way in may help with a spelling (a space, a hyphen in a phone number). Then what it makes of the value is
what all others take as it is. So one corpus goes through all of them, and then what came of it once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import unicodedata
from random import Random
from typing import Any

from members.values import InvalidValueError, canonical
from sync.field_map import SyncedField, load_field_map
from tests.linode.django_server import BACKEND, SETTINGS
from tests.linode.runtimes import CURRENT
from tests.rules import hostile
from tests.rules.batches import FIELDS, MEMBER, Batch
from tests.rules.fuzz import begin, forget_the_rate
from tests.rules.rest import Raw, Rest

EACH = 25
"""Values of a field, beside the odd ones that are always tried."""
EDITABLE = tuple(field for field in load_field_map().fields if field.editor)
OTHERS = 10**6
"""The number of the first queue entry of the second test."""
Case = tuple[str, Any]
Verdicts = dict[str, list[Any] | None]
"""By way in: the canonical value in a list, or None where it is refused."""


def corpus(seed: int) -> list[Case]:
    chance = Random(seed)
    cases = [(field.path, value) for field in EDITABLE for value in _values(chance, field)]
    return [case for case in cases if not isinstance(case[1], Raw)]


def _values(chance: Random, field: SyncedField) -> list[Any]:
    odd = {"email": hostile.ODD_EMAILS, "phone": hostile.ODD_PHONES, "date": hostile.ODD_DAYS}
    good = [hostile.good(chance, field) for _ in range(EACH // 2)]
    others = [hostile.odd_text(chance, field) for _ in range(EACH // 2)]
    return [*odd.get(field.type, hostile.ODD_TEXTS), *good, *others, hostile.of_another_type(chance)]


def by_the_function(case: Case) -> list[Any] | None:
    field = load_field_map().field(case[0])
    assert field is not None
    try:
        return [canonical(field, case[1])]
    except InvalidValueError:
        return None


def by_the_rules(rest: Rest, number: int, case: Case) -> list[Any] | None:
    path, value = case
    begin(rest)
    forget_the_rate(rest)
    rest.put_value(f"members/{MEMBER}", path, None)  # An edit that changes nothing is refused.
    batch = Batch(Random(0), f"verdict{number}", {path: value}, {path: value})
    if not rest.commit(batch.writes(rest), batch.claims):
        return None
    document = rest.look([f"members/{MEMBER}"])[f"members/{MEMBER}"]
    return [load_field_map().flatten(document or {})[path]]  # The emulator mends halves of characters.


def by_django(cases: list[Case]) -> list[Verdicts]:
    CURRENT.build()
    answer = subprocess.run(
        [str(CURRENT.executable), "-m", "sync.tests.ways_in"],
        cwd=BACKEND,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS}
        | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"},
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    found: list[Verdicts] = json.loads(answer.stdout)
    return found


def verdicts(rest: Rest, cases: list[Case], first: int) -> list[Verdicts]:
    members_own = {field.path for field in FIELDS}
    found = by_django(cases)
    for number, (case, verdict) in enumerate(zip(cases, found, strict=True), first):
        verdict["function"] = by_the_function(case)
        if case[0] in members_own:
            verdict["rules"] = by_the_rules(rest, number, case)
    return found


def test_every_way_in_takes_the_same_values(rest: Rest) -> None:
    seed = int(time.time())
    print(f"seed {seed}")
    cases = corpus(seed)
    first = verdicts(rest, cases, 0)
    made = {
        (path, json.dumps(taken[0])): None
        for (path, _), verdict in zip(cases, first, strict=True)
        for taken in verdict.values()
        if taken is not None and taken[0] is not None
    }
    canonicals: list[Case] = [(path, json.loads(text)) for path, text in made]

    differing = [
        f"{case[0]}: {case[1]!r}: {verdict}"
        for case, verdict in zip(canonicals, verdicts(rest, canonicals, len(cases)), strict=True)
        if any(taken is None or _plain(taken[0]) != _plain(case[1]) for taken in verdict.values())
    ]

    assert differing == [], f"seed {seed}: {differing}"
    for field in EDITABLE:
        taken = [verdict for (path, _), verdict in zip(cases, first, strict=True) if path == field.path]
        assert any(verdict["conversion"] for verdict in taken), field.path
        assert any(verdict["conversion"] is None for verdict in taken), field.path


def _plain(value: Any) -> Any:
    """Letters are the same in either normal form; the function writes the composed one."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def test_an_address_that_is_none_passes_nowhere(rest: Rest) -> None:
    cases: list[Case] = [
        ("profile.email", address)
        for address in ("a@b..c", "a@b", "jón@example.is", '"a b"@c.is', "a@c.is.", "a..b@c.is")
    ]
    for case, verdict in zip(cases, verdicts(rest, cases, OTHERS), strict=True):
        assert set(verdict) >= {"rules", "function", "conversion", "column", "load_register", "api", "form"}
        assert not any(verdict.values()), case
