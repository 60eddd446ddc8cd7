"""Every file that follows from the field map, as it should be."""

from __future__ import annotations

from pathlib import Path

from tools.fields import capture, hash_vectors, portal, rules, table

OTHER_HALF = Path("functions/sync/field_map.json")


def outputs(root: Path) -> dict[Path, str]:
    """The texts by path, from the root of a checkout. Raises FieldMapError, or MarksMissingError."""
    rows = table.read(root)
    return {
        OTHER_HALF: (root / table.FIELD_MAP).read_text(),
        rules.RULES: rules.rules(rows, (root / rules.RULES).read_text()),
        portal.MODULE: portal.module(rows),
        hash_vectors.VECTORS: hash_vectors.vectors(rows, (root / hash_vectors.VECTORS).read_text()),
        **capture.migration(rows, root),
    }


def stale(root: Path) -> dict[Path, str]:
    """Those that are not what stands there."""
    return {path: text for path, text in outputs(root).items() if not _is(root / path, text)}


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text
