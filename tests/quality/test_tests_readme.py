"""`tests/README.md` has a line for each folder of tests, and none for one that is gone."""

from __future__ import annotations

import re

from tests.quality.conftest import ROOT
from tools.checkers import tracked

TEXT = (ROOT / "tests" / "README.md").read_text()
ROW = re.compile(r"^\| `(\w+)/` \| (.+) \| (.+) \| (\d+ (?:s|min)) \|$", re.MULTILINE)


def test_each_folder_has_its_line() -> None:
    folders = {path.relative_to(ROOT / "tests").parts[0] for path in tracked("tests/*/*.py")}
    assert [row[0] for row in ROW.findall(TEXT)] == sorted(folders)


def test_each_line_says_what_is_proven_and_what_it_needs() -> None:
    """In whole sentences and a few words."""
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    assert len(rows) == len(ROW.findall(TEXT))
    for _, proves, needs, _ in ROW.findall(TEXT):
        assert re.fullmatch(r"[A-Z`].+\.", proves)
        assert needs


def test_each_file_beside_the_folders_is_explained() -> None:
    files = {path.name for path in tracked("tests/*.py") if path.parent == ROOT / "tests"}
    assert {name for name in files if f"`{name}`" not in TEXT} == set()
