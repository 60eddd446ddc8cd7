"""Which long proofs there are. Each stands in a module of the tests, as `PROOF`.

To add one: write `PROOF = Proof(...)` beside the test that runs a sample of it, name the module here, and run
`make proof PROOF=name RECORD=1`, which writes its figures to docs/proof.md.
"""

from __future__ import annotations

import importlib
import os
import sys
import tomllib
from functools import cache
from typing import cast

from local.world import ROOT
from tools.proof.proof import Proof

MODULES = {
    "rules": "tests.rules.fuzz",
}


def load(name: str) -> Proof:
    """The proof of that name. Raises KeyError."""
    _extend_path()
    return cast(Proof, importlib.import_module(MODULES[name]).PROOF)


@cache
def _extend_path() -> None:
    """Find what tests find, here and in the processes that a proof starts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    folders = [str(ROOT / folder) for folder in settings["pythonpath"]]
    sys.path[:0] = folders
    os.environ["PYTHONPATH"] = os.pathsep.join([*folders, *filter(None, [os.environ.get("PYTHONPATH")])])
