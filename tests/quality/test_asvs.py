"""docs/asvs.md has a line for each requirement of OWASP's ASVS 5.0.0, levels 1 and 2, and a reason in it."""

from __future__ import annotations

import re

from tests.quality.conftest import ROOT

PAGE = ROOT / "docs" / "asvs.md"
ROW = re.compile(r"^\| ([0-9.]+) \| (.+?) \| (.+?) \| (.*?) \|$", re.MULTILINE)
VERDICTS = {"met", "partly", "not met", "the provider's", "does not apply"}
REQUIREMENTS = """
1.1: 1 2
1.2: 1 2 3 4 5 6 7 8 9
1.3: 1 2 3 4 5 6 7 8 9 10 11
1.4: 1 2 3
1.5: 1 2
2.1: 1 2 3
2.2: 1 2 3
2.3: 1 2 3 4
2.4: 1
3.2: 1 2
3.3: 1 2 3 4
3.4: 1 2 3 4 5 6
3.5: 1 2 3 4 5
3.7: 1 2
4.1: 1 2 3
4.2: 1
4.3: 1 2
4.4: 1 2 3 4
5.1: 1
5.2: 1 2 3
5.3: 1 2
5.4: 1 2 3
6.1: 1 2 3
6.2: 1 2 3 4 5 6 7 8 9 10 11 12
6.3: 1 2 3 4
6.4: 1 2 3 4
6.5: 1 2 3 4 5
6.6: 1 2 3
6.8: 1 2 3 4
7.1: 1 2 3
7.2: 1 2 3 4
7.3: 1 2
7.4: 1 2 3 4 5
7.5: 1 2
7.6: 1 2
8.1: 1 2
8.2: 1 2 3
8.3: 1
8.4: 1
9.1: 1 2 3
9.2: 1 2 3 4
10.1: 1 2
10.2: 1 2
10.3: 1 2 3 4
10.4: 1 2 3 4 5 6 7 8 9 10 11
10.5: 1 2 3 4 5
10.6: 1 2
10.7: 1 2 3
11.1: 1 2
11.2: 1 2 3
11.3: 1 2 3
11.4: 1 2 3 4
11.5: 1
11.6: 1
12.1: 1 2 3
12.2: 1 2
12.3: 1 2 3 4
13.1: 1
13.2: 1 2 3 4 5
13.3: 1 2
13.4: 1 2 3 4 5
14.1: 1 2
14.2: 1 2 3 4
14.3: 1 2 3
15.1: 1 2 3
15.2: 1 2 3
15.3: 1 2 3 4 5 6 7
16.1: 1
16.2: 1 2 3 4 5
16.3: 1 2 3 4
16.4: 1 2 3
16.5: 1 2 3
17.1: 1
17.2: 1 2 3 4
17.3: 1 2
"""
"""Section: the requirements of levels 1 and 2 in it. From the standard's list, which has gaps for level 3."""


def expected() -> list[str]:
    sections = (line.split(": ") for line in REQUIREMENTS.split("\n") if line)
    return [f"{section}.{number}" for section, numbers in sections for number in numbers.split()]


def test_every_requirement_has_one_line_in_order() -> None:
    assert [number for number, *_ in ROW.findall(PAGE.read_text())] == expected()


def test_every_line_has_a_verdict_and_says_where_or_why() -> None:
    rows = ROW.findall(PAGE.read_text())
    assert {verdict for _, _, verdict, _ in rows} <= VERDICTS
    assert [number for number, _, _, where in rows if len(where) < 5] == []
