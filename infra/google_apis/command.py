"""What the commands have in common: settings on standard input, progress, and failures in one line."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from infra.google_apis.session import TOKEN_VARIABLE, GoogleApiError, Session, credentials
from infra.google_apis.waiting import Report


class Told(BaseModel):
    """What every command is told: the project, which also pays for the calls."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    project: str


AnyTold = TypeVar("AnyTold", bound=Told)


def main(name: str, told_as: type[AnyTold], run: Callable[[AnyTold, Session, Report], None]) -> int:
    """Run a command and return its exit status. A failure prints one line on standard error."""
    try:
        told = told_as.model_validate_json(sys.stdin.read())
        run(told, Session(credentials(os.environ.get(TOKEN_VARIABLE)), told.project), progress())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "standard input"
        print(f"{name}: settings: {where}: {first['msg']}", file=sys.stderr)
        return 1
    except GoogleApiError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    return 0


def progress() -> Report:
    """Prints each line with the seconds since the beginning."""
    started = time.monotonic()
    return lambda line: print(f"{time.monotonic() - started:6.1f} s  {line}", flush=True)
