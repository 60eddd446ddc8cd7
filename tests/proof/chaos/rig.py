"""What all schedules of a run share: PostgreSQL, gunicorn, the Firestore emulator, and bad links."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.rig import running_emulator, running_proxy
from tests.linode.django_server import BACKEND, DjangoServer, running_django
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.postgresql10 import is_production_here, reachable_programs
from tests.linode.runtimes import CURRENT, LEGACY
from tests.proof.chaos.proxies import Link
from tests.proof.chaos.staff_at_work import SiteStaff, site_staff
from tests.proof.chaos.storm_guards import StormGuard
from tests.proof.mutations import Mutation

NEWEST, TEN = "newest", "10"
"""Which PostgreSQL: Debian's newest under the newest Django, or 10 under Python 3.6 and Django 2.2."""
DATABASE = "site"


def releases() -> list[str]:
    """Of two rigs: both releases, or twice the newest if 10 or its Python 3.6 is not installed."""
    return [NEWEST, TEN if is_production_here() else NEWEST]


@dataclass(frozen=True)
class Rig:
    """All addresses: direct ones for people and for the end of a schedule, links for workers."""

    postgres: Postgres
    site: DjangoServer
    staff: SiteStaff
    firestore: str
    firestore_link: Link
    site_link: Link
    mutation: Mutation | None = None
    """A guard that is removed in the workers."""

    @property
    def database_url(self) -> str:
        """The site's database."""
        return self.postgres.url(DATABASE)

    @property
    def linked_site_url(self) -> str:
        """The site's address through the link."""
        return f"http://{self.site_link.listen}{urlsplit(self.site.base_url).path}"


@contextmanager
def running_rig(release: str, without: StormGuard | None = None) -> Iterator[Rig]:
    """Everything, for the length of a `with` block; `release` is NEWEST or TEN.

    `without`: a guard to remove, in the workers or in the site.
    """
    with ExitStack() as stack:
        programs = stack.enter_context(reachable_programs()) if release == TEN else None
        postgres = stack.enter_context(running_postgres(programs))
        runtime = LEGACY if release == TEN else CURRENT
        backend = stack.enter_context(_backend(without))
        database = postgres.create_database(DATABASE)
        site = stack.enter_context(running_django(database, runtime, backend=backend))
        firestore = stack.enter_context(running_emulator())
        proxy = stack.enter_context(running_proxy())
        yield Rig(
            postgres,
            site,
            stack.enter_context(site_staff(site)),
            firestore,
            Link.to(proxy, "firestore", firestore),
            Link.to(proxy, "site", urlsplit(site.base_url).netloc),
            without.in_workers if without else None,
        )


@contextmanager
def _backend(without: StormGuard | None) -> Iterator[Path]:
    """The site's folder, or a copy without a guard."""
    if without is None or not without.file:
        yield BACKEND
        return
    with tempfile.TemporaryDirectory(prefix="ekklesia-mutated-") as folder:
        yield without.site_without(Path(folder))
