"""Makes the functions' modules importable: importing this module puts their folder on the path.

Multiprocessing's fork server gets no path from us, so it preloads this module before the worker's. Otherwise
each new process would import everything again.
"""

from __future__ import annotations

import sys

from local.world import ROOT

FUNCTIONS = str(ROOT / "functions")
if FUNCTIONS not in sys.path:
    sys.path.insert(0, FUNCTIONS)
