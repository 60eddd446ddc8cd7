"""Google's Firestore emulator: the jar that the pinned Firebase CLI names, if the machine has none."""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit

from local.services import emulator_tools
from local.steps import Say
from local.toolchain.download import Download, fetch
from local.toolchain.tool import Tool
from local.world import ROOT

CATALOGUE = ROOT / "local/node/node_modules/firebase-tools/lib/emulator/downloadableEmulatorInfo.json"
"""The Firebase CLI's list of its emulators, each with address, size and checksum."""
MIRROR = "EKKLESIA_FIREBASE_MIRROR"
"""Environment variable that replaces https://storage.googleapis.com in the jar's address."""
OTHERWISE = f"set {MIRROR} to a mirror, or {emulator_tools.JAR_SETTING} to a jar that you have"


def find() -> str | None:
    """The path of the jar."""
    try:
        return str(emulator_tools.firestore_jar())
    except emulator_tools.ToolMissingError:
        return None


def install(say: Say) -> str:
    """Fetch the jar into the cache."""
    named = json.loads(CATALOGUE.read_text())["firestore"]
    address = urlsplit(named["remoteUrl"])
    mirror = os.environ.get(MIRROR, f"{address.scheme}://{address.netloc}").rstrip("/")
    download = Download(
        address=f"{mirror}{address.path}",
        size=named["expectedSize"],
        sha256=named["expectedChecksumSHA256"],
        otherwise=OTHERWISE,
    )
    jar = emulator_tools.JARS / named["downloadPathRelativeToCacheDir"]
    fetch(download, jar, say)
    return f"fetched {jar}"


TOOL = Tool("firestore emulator", "the database that members and functions use", find, install)
