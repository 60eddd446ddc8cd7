"""Both halves of the sync carry the same table of fields, byte by byte."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_copies_are_identical() -> None:
    here = ROOT / "linode" / "backend" / "sync" / "field_map.json"
    there = ROOT / "functions" / "sync" / "field_map.json"
    assert here.read_bytes() == there.read_bytes()
