"""Prints the demo register, a JSON object a line: `python -m local.seed > register.jsonl`."""

from __future__ import annotations

import json

from local.seed.register import members

for member in members():
    print(json.dumps(member, ensure_ascii=False))
