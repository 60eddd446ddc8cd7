"""How Google's Firestore emulator is run on this machine: where its jar is, and a Java that can run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from local.world import WorldError

OLDEST_JAVA = 17
"""The emulator's classes are compiled for this release."""
JAR_IN_SDK = Path("platform", "cloud-firestore-emulator", "cloud-firestore-emulator.jar")
MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
"""The jar has no manifest that would name it."""
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For an emulator that has little to do: optimizing its code takes more of the processor than it saves."""
FIREBASE_CLI_CACHE = Path.home() / ".cache" / "firebase" / "emulators"


class ToolMissingError(WorldError):
    """A tool that a program needs is not on this machine; the message says how to get it."""


def firestore_command(*options: str, java_options: Sequence[str] = SHORT_LIVED) -> list[str]:
    """The command that serves Firestore, with the emulator's own `options`. Raises ToolMissingError."""
    return [str(java()), *java_options, "-cp", str(firestore_jar()), MAIN_CLASS, "start", *options]


@cache
def firestore_jar() -> Path:
    """The emulator's jar: the one named by FIRESTORE_EMULATOR_JAR, gcloud's, or the Firebase CLI's newest.

    Raises ToolMissingError where none of the three is there.
    """
    for jar in _jars():
        if jar.is_file():
            return jar
    raise ToolMissingError(
        "the Firestore emulator is not installed; run `gcloud components install cloud-firestore-emulator`"
        " or `firebase setup:emulators:firestore`, or set FIRESTORE_EMULATOR_JAR"
    )


def _jars() -> Iterator[Path]:
    if named := os.environ.get("FIRESTORE_EMULATOR_JAR"):
        yield Path(named)
    if gcloud := shutil.which("gcloud"):
        # Beside its own executable it is found at once; gcloud takes a second to say where its root is.
        yield Path(gcloud).resolve().parent.parent / JAR_IN_SDK
        answer = subprocess.run(
            [gcloud, "info", "--format=value(installation.sdk_root)"],
            capture_output=True,
            text=True,
            check=False,
        )
        yield Path(answer.stdout.strip()) / JAR_IN_SDK
    yield from sorted(FIREBASE_CLI_CACHE.glob("cloud-firestore-emulator-*.jar"), reverse=True)


@cache
def java() -> Path:
    """A Java of OLDEST_JAVA or newer. Raises ToolMissingError where there is none."""
    for candidate in _javas():
        if candidate.is_file() and _release(candidate) >= OLDEST_JAVA:
            return candidate
    raise ToolMissingError(f"no Java {OLDEST_JAVA} or newer; install the package `openjdk-17-jre-headless`")


def _javas() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)
    yield from sorted(Path("/usr/lib/jvm").glob("*/bin/java"))


def _release(binary: Path) -> int:
    """The feature release that `java -version` names on standard error: 17 in `openjdk version "17.0.15"`."""
    answer = subprocess.run([binary, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(?:1\.)?(\d+)', answer.stderr)
    return int(version[1]) if version else 0
