"""Which long proofs there are. Each is a constant in a module of the tests.

To add one: write `NAME = Proof(...)` near the test that runs a sample of it (the fixture `seed` is what it
begins from), name it here, and run `make proof PROOF=name RECORD=1`, which writes its figures to
docs/proof.md.
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

PLACES = {
    "adoption": "tests.google.adoption.rehearsal:PROOF",
    "broken-hosts": "tests.host.long_proof:PROOF",
    "cut-deploys": "tests.host.long_proof:CUT_DEPLOYS",
    "guards": "tests.guards.long_proof:PROOF",
    "new-project": "tests.world.new_project:PROOF",
    "restore-states": "tests.proof.long_proofs:RESTORE_STATES",
    "restores": "tests.proof.long_proofs:RESTORES",
    "rules": "tests.rules.fuzz:PROOF",
    "schedules": "tests.proof.long_proofs:SCHEDULES",
    "states": "tests.proof.long_proofs:STATES",
    "storms": "tests.proof.chaos.long_proof:STORMS",
    "typing": "tests.world.random_typing:PROOF",
    "worst-case": "tests.world.worst_case:PROOF",
}
"""By name: the module, and the constant in it."""


def load(name: str) -> Proof:
    """The proof of that name. Raises KeyError."""
    _extend_path()
    module, _, constant = PLACES[name].partition(":")
    return cast(Proof, getattr(importlib.import_module(module), constant))


@cache
def _extend_path() -> None:
    """Find what tests find, here and in the processes that a proof starts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    folders = [str(ROOT / folder) for folder in settings["pythonpath"]]
    sys.path[:0] = folders
    os.environ["PYTHONPATH"] = os.pathsep.join([*folders, *filter(None, [os.environ.get("PYTHONPATH")])])
