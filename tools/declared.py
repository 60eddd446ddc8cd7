"""Writes docs/declared.yaml: every resource that the program declares for production, with each setting.

A change of the program shows there what it changes in the cloud. What differs with every commit (hashes of
sources), what is secret, and long texts, which are files of their own, are left out.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml

from local.whole_file import write_whole
from tools.program_run import ROOT, Declared, Program

DOCUMENT = ROOT / "docs" / "declared.yaml"
HEAD = "# Written by `make access` from the Pulumi program and Pulumi.prod.yaml; do not edit.\n"
HASH = re.compile(r"[0-9a-f]{12,64}")
LONGEST_TEXT = 400
SERVICE = "gcp:projects/service:Service"


def write(program: Program) -> Path:
    """Write the document; its path."""
    write_whole(DOCUMENT, rendered(program))
    return DOCUMENT


def rendered(program: Program) -> str:
    """The document of what a run of the program declared."""
    return HEAD + yaml.dump(
        content(program), Dumper=yaml.CSafeDumper, sort_keys=True, allow_unicode=True, width=110
    )


def content(program: Program) -> dict[str, Any]:
    """What the document holds: by type and name of each resource, its settings."""
    names = {resource.urn: resource for resource in program.resources}
    parts = {f"{one.type} {one.name}": _shown(one, names) for one in program.resources}
    parts["outputs"] = {name: _plain(value) for name, value in program.outputs.items()}
    return parts


def _shown(resource: Declared, names: Mapping[str, Declared]) -> dict[str, Any]:
    options = {"protect": resource.protect, "retainOnDelete": resource.kept, "import": resource.import_id}
    before = [names[urn] for urn in resource.dependencies if urn in names]
    apis = sum(one.type == SERVICE for one in before)
    after = sorted(f"{one.type.rpartition(':')[2]} {one.name}" for one in before if one.type != SERVICE)
    inputs = {
        key: "(secret)" if key in resource.secret_inputs else _plain(value)
        for key, value in resource.inputs.items()
    }
    return {
        **inputs,
        **{f"({name})": value for name, value in options.items() if value},
        **({"(after)": after} if after else {}),
        **({"(after APIs)": apis} if apis else {}),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, pulumi.AssetArchive):
        return {"archive": sorted(value.assets)}
    if isinstance(value, pulumi.FileAsset):
        return {"file": str(value.path).removeprefix(f"{ROOT}/")}
    if isinstance(value, str):
        return _plain_text(value)
    return value if value is None or isinstance(value, bool | int | float) else type(value).__name__


def _plain_text(text: str) -> Any:
    if text.startswith("{"):
        return {"(JSON)": _plain(json.loads(text))}
    if len(text) > LONGEST_TEXT:
        return "(a long text)"
    text = text.replace(str(Path(sys.executable).parent), ".venv/bin")
    return HASH.sub("(hash)", text).replace(f"{ROOT}/", "").replace(str(ROOT), ".")
