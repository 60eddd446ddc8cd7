"""How large a request's body may be, by its path: from Django's file, for nginx's templates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from deploy.remote.stack_file import ROOT

FILE = ROOT / "linode" / "backend" / "ekklesia" / "body_limits.json"


@dataclass(frozen=True)
class Limit:
    """Addresses that begin with `path` take bodies of so many megabytes."""

    path: str
    megabytes: int


@dataclass(frozen=True)
class BodyLimits:
    """The routes with a limit of their own, and the limit of all others."""

    elsewhere: int
    routes: tuple[Limit, ...]

    @property
    def sizes(self) -> list[int]:
        """Each limit that some address has."""
        return sorted({self.elsewhere, *(route.megabytes for route in self.routes)})


def load(file: Path = FILE) -> BodyLimits:
    """The limits of this checkout."""
    told = json.loads(file.read_text())
    uploads = told["uploads"]
    routes = [Limit(**route) for route in told["routes"]]
    routes += [Limit(path, uploads["megabytes"]) for path in uploads["paths"]]
    return BodyLimits(told["elsewhere"], tuple(routes))
