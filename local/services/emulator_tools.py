"""Finds the jar of Google's Firestore emulator on this machine, and a Java that can run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from local.world import CACHE, WorldError

JARS = CACHE / "firestore-emulator"
"""The folder of the jar that the toolchain fetches."""
JAR_SETTING = "FIRESTORE_EMULATOR_JAR"
"""Environment variable with the path of a jar that is used before any other."""
OLDEST_JAVA = 17
"""The release of Java that gcloud's jar needs."""
OLDEST_JAVA_OF_FIREBASE = 21
"""The release that the Firebase CLI demands for its own jars (MIN_SUPPORTED_JAVA_MAJOR_VERSION)."""
JAR_IN_SDK = Path("platform", "cloud-firestore-emulator", "cloud-firestore-emulator.jar")
MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
"""The manifest of gcloud's jar does not name its main class; that of the Firebase CLI's jar does."""
MANIFEST = "META-INF/MANIFEST.MF"
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""An emulator has little to do, so optimizing its code would take more time than it saves."""
SYSTEM_JAVAS = Path("/usr/lib/jvm")
FIREBASE_CLI_CACHE = Path.home() / ".cache" / "firebase" / "emulators"


class ToolMissingError(WorldError):
    """A tool that a program needs is not on this machine; the message says how to get it."""


def firestore_command(*options: str, java_options: Sequence[str] = SHORT_LIVED) -> list[str]:
    """The command that starts the emulator with these options of its own. Raises ToolMissingError."""
    jar = firestore_jar()
    program = ["-jar", str(jar)] if _names_main_class(jar) else ["-cp", str(jar), MAIN_CLASS]
    return [str(java()), *java_options, *program, *options]


@cache
def firestore_jar() -> Path:
    """The emulator's jar: the one that JAR_SETTING names, gcloud's, the toolchain's or the Firebase CLI's.

    Raises ToolMissingError if none of the four is there.
    """
    for jar in _jars():
        if zipfile.is_zipfile(jar):
            return jar
    raise ToolMissingError(
        f"the Firestore emulator is not here; run `make up`, or set {JAR_SETTING} to a jar that you have"
    )


def _jars() -> Iterator[Path]:
    if named := os.environ.get(JAR_SETTING):
        yield Path(named)
    if gcloud := shutil.which("gcloud"):
        # A look beside its executable is quick; gcloud takes a second to name its root.
        yield Path(gcloud).resolve().parent.parent / JAR_IN_SDK
        answer = subprocess.run(
            [gcloud, "info", "--format=value(installation.sdk_root)"],
            capture_output=True,
            text=True,
            check=False,
        )
        yield Path(answer.stdout.strip()) / JAR_IN_SDK
    yield from sorted(JARS.glob("*.jar"), reverse=True)
    yield from sorted(FIREBASE_CLI_CACHE.glob("cloud-firestore-emulator-*.jar"), reverse=True)


@cache
def java() -> Path:
    """A Java that can run the jar. Raises ToolMissingError if there is none."""
    oldest = _oldest_java()
    for candidate in _javas():
        if candidate.is_file() and _release(candidate) >= oldest:
            return candidate
    raise ToolMissingError(f"no Java {oldest} or newer is here; `make up` fetches one")


def _oldest_java() -> int:
    """The release that the jar needs, or if there is no jar yet, the one that would be fetched."""
    try:
        jar = firestore_jar()
    except ToolMissingError:
        return OLDEST_JAVA_OF_FIREBASE
    return OLDEST_JAVA_OF_FIREBASE if _names_main_class(jar) else OLDEST_JAVA


def _names_main_class(jar: Path) -> bool:
    """Whether `java -jar` can run the jar: true for the Firebase CLI's jar, not for gcloud's."""
    with zipfile.ZipFile(jar) as packed:
        return MANIFEST in packed.namelist() and b"Main-Class:" in packed.read(MANIFEST)


def _javas() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)
    yield from sorted(SYSTEM_JAVAS.glob("*/bin/java"))


def _release(binary: Path) -> int:
    """The release that `java -version` prints to standard error: 17 of `openjdk version "17.0.15"`."""
    answer = subprocess.run([binary, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(?:1\.)?(\d+)', answer.stderr)
    return int(version[1]) if version else 0
