"""What all schedules of a run share: PostgreSQL, gunicorn, the Firestore emulator, and bad links."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.rig import running_emulator, running_proxy
from local.toolchain import postgresql10
from tests.linode.django_server import DjangoServer, running_django
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.runtimes import CURRENT, LEGACY
from tests.proof.chaos.proxies import Link
from tests.proof.chaos.staff import SiteStaff, site_staff

NEWEST, TEN = "newest", "10"
"""Which PostgreSQL: Debian's newest under the newest Django, or 10 under Python 3.6 and Django 2.2."""
DATABASE = "site"


@dataclass(frozen=True)
class Rig:
    """Where everything is: straight for people and for the end of a schedule, through links for workers."""

    postgres: Postgres
    site: DjangoServer
    staff: SiteStaff
    firestore: str
    firestore_link: Link
    site_link: Link

    @property
    def database_url(self) -> str:
        """The site's database."""
        return self.postgres.url(DATABASE)

    @property
    def linked_site_url(self) -> str:
        """The site's address through the link."""
        return f"http://{self.site_link.listen}{urlsplit(self.site.base_url).path}"


@contextmanager
def running_rig(release: str) -> Iterator[Rig]:
    """Everything, for the length of a `with` block; `release` is NEWEST or TEN."""
    with ExitStack() as stack:
        programs = stack.enter_context(_postgresql_10()) if release == TEN else None
        postgres = stack.enter_context(running_postgres(programs))
        runtime = LEGACY if release == TEN else CURRENT
        site = stack.enter_context(running_django(postgres.create_database(DATABASE), runtime))
        firestore = stack.enter_context(running_emulator())
        proxy = stack.enter_context(running_proxy())
        yield Rig(
            postgres,
            site,
            stack.enter_context(site_staff(site)),
            firestore,
            Link.to(proxy, "firestore", firestore),
            Link.to(proxy, "site", urlsplit(site.base_url).netloc),
        )


@contextmanager
def _postgresql_10() -> Iterator[Path]:
    """Its programs where the unprivileged user that runs them can reach them."""
    with tempfile.TemporaryDirectory(prefix="ekklesia-postgresql-10-") as folder:
        reachable = Path(folder)
        reachable.chmod(0o755)
        shutil.copytree(postgresql10.FOLDER, reachable / "programs")
        yield reachable / "programs" / "bin"
