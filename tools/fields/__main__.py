"""`make fields`: brings every file that follows from the field map up to it, and names those that changed."""

from __future__ import annotations

import sys

from tools.fields.outputs import stale
from tools.fields.rules import MarksMissingError
from tools.fields.table import ROOT, FieldMapError


def main() -> int:
    """Write what is stale."""
    try:
        found = stale(ROOT)
    except (FieldMapError, MarksMissingError) as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in found.items():
        (ROOT / path).write_text(text)
        print(f"wrote {path}")
    if not found:
        print("everything is as the field map says")
    return 0


sys.exit(main())
