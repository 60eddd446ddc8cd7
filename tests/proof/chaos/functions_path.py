"""Makes the functions' modules importable, by being imported.

Also in multiprocessing's fork server, which is told no path of ours: preloaded before the worker, or else
what a worker needs is imported anew in each process, every time one is killed.
"""

from __future__ import annotations

import sys

from local.world import ROOT

FUNCTIONS = str(ROOT / "functions")
if FUNCTIONS not in sys.path:
    sys.path.insert(0, FUNCTIONS)
