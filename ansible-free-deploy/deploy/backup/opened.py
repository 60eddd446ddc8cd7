"""A backup that was checked as a whole, from the host or from a file of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.backup import backups
from deploy.backup.archive import Archive, Manifest
from deploy.backup.offline_key import Identities
from deploy.remote.host import Host
from deploy.remote.steps import Steps


@contextmanager
def opened(host: Host, name: str, identities: Identities, steps: Steps) -> Iterator[tuple[Archive, Manifest]]:
    """Fetch a backup from the host, still encrypted, and check all of it."""
    with TemporaryDirectory(prefix="ekklesia-backup-") as folder:
        with steps.step("fetch the backup") as outcome:
            backups.check(host, name)
            path = backups.fetch(host, name, Path(folder))
            outcome.note(f"{name}, {path.stat().st_size / 1024:,.0f} KiB")
        yield _checked(path, identities, steps)


@contextmanager
def opened_file(path: Path, identities: Identities, steps: Steps) -> Iterator[tuple[Archive, Manifest]]:
    """Check all of a backup that is a file of this machine."""
    backups.check_file(path)
    yield _checked(path, identities, steps)


def _checked(path: Path, identities: Identities, steps: Steps) -> tuple[Archive, Manifest]:
    with steps.step("check the backup") as outcome:
        archive = Archive(path, identities)
        manifest = archive.verify()
        rows = f"{sum(manifest.rows.values()):,} rows in {len(manifest.rows)} tables"
        outcome.note(f"{rows}, made {manifest.made} under {manifest.release}")
    return archive, manifest
