"""Loads the tasks of `ansible-free-deploy/`, a name no `import` can say, so that plain `fab deploy` works."""

import sys
from pathlib import Path

# The functions too: what an operator writes to Firestore is written by the functions' own code.
sys.path.insert(0, str(Path(__file__).parent / "functions"))
sys.path.insert(0, str(Path(__file__).parent / "ansible-free-deploy"))

from deploy.tasks.namespace import namespace  # noqa: F401
