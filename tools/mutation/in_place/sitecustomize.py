"""Puts a mutant in the place of its module: whoever imports or runs it gets the changed code.

Python imports a module of this name by itself as it starts, if it is on its path. So the commands that a
test starts run the mutant, too. No file of the program changes.
"""

import base64
import importlib.machinery
import marshal
import os
from types import CodeType

PATH, CODE = "EKKLESIA_MUTANT_PATH", "EKKLESIA_MUTANT_CODE"
"""Variables: the module's file, and its changed code (marshalled, base64)."""


def hand_on(path: str, code: CodeType) -> None:
    """Have every Python that this process starts put the mutant in place."""
    os.environ[PATH] = path
    os.environ[CODE] = base64.b64encode(marshal.dumps(code)).decode()
    folders = [os.path.dirname(__file__), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, folders))


def put_in_place(path: str, code: CodeType) -> None:
    """For this process, from its next import on."""
    original = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        return code if os.path.abspath(loader.path) == path else original(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


if PATH in os.environ:
    put_in_place(os.environ[PATH], marshal.loads(base64.b64decode(os.environ[CODE])))  # noqa: S302 # nosec B302
