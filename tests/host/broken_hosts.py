"""Broken hosts, each with what `fab status` says of it and the one `fab` command that mends it.

docs/broken-hosts.md shows them as a table (`python -m tests.host.broken_hosts` writes it).
`test_broken_hosts.py` tries a sample on a real Debian, `make proof PROOF=broken-hosts` all of them.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from local.whole_file import write_whole
from local.world import ROOT
from tests.host.broken.broken import Broken
from tests.host.broken.database import DATABASE
from tests.host.broken.machine import MACHINE
from tests.host.broken.releases import RELEASES_OF_IT
from tests.host.broken.site import SITE

DOCUMENT = ROOT / "docs" / "broken-hosts.md"
HEAD = "| how it is broken | `fab status` says | healed by | as |\n| --- | --- | --- | --- |\n"
BROKEN = (*SITE, *RELEASES_OF_IT, *DATABASE, *MACHINE)
AT_ONCE = 9
ALONE = 3


def sample(seed: int) -> list[list[Broken]]:
    """A dozen of them in four groups: many faults at once that one command mends, and three by themselves."""
    order = Random(seed).sample(BROKEN, len(BROKEN))
    together: list[Broken] = []
    for row in order:
        if row.part and len(together) < AT_ONCE and all(map(row.goes_with, together)):
            together.append(row)
    by_themselves = [row for row in order if not row.part]
    return [together, *([row] for row in by_themselves[:ALONE])]


def table() -> str:
    """The rows as Markdown."""
    return HEAD + "".join(
        f"| {row.name} | `{row.says.strip('`')}` | `{row.command}` | {row.user} |\n" for row in BROKEN
    )


def with_table(text: str) -> str:
    """The document with this table in the place of its own."""
    return text[: text.index(HEAD)] + table()


def main(document: Path = DOCUMENT) -> None:
    """Write the table into the document."""
    write_whole(document, with_table(document.read_text()))


if __name__ == "__main__":
    main()
