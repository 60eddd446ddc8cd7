"""The serving configuration: `hosting.json`, with the Content-Security-Policy filled in from the settings.

`hosting.json` has the form of `ServingConfig` in Google's Hosting API.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from portal.release.errors import ReleaseError
from portal.release.settings import PortalConfiguration

FIREBASE_ORIGINS = (
    "https://firestore.googleapis.com",
    "https://identitytoolkit.googleapis.com",
    "https://securetoken.googleapis.com",
)


def serving_config(
    hosting: Path, configuration: PortalConfiguration, bundles: Iterable[str]
) -> dict[str, Any]:
    """Read `hosting.json` and fill in what it leaves open. Raises ReleaseError.

    These are the origins that the portal may connect to, and the names of the bundles on the site: browsers
    keep the files of those for ever, and no answer that says that there is no such file.
    """
    sources = " ".join(connect_sources(configuration))
    names = "|".join(sorted(bundles))
    try:
        filled = Template(hosting.read_text()).substitute(connectSources=sources, bundles=names)
        config: dict[str, Any] = json.loads(filled)
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(f"{hosting}: {error}") from None
    return config


def connect_sources(configuration: PortalConfiguration) -> list[str]:
    """The origins for `connect-src`: the portal, its functions, Kenni.is, and Firebase or its emulators."""
    urls = [*configuration.functions.values(), configuration.kenni.issuer_url]
    if configuration.emulators:
        urls += [configuration.emulators.auth, f"http://{configuration.emulators.firestore}"]
    return ["'self'", *sorted({*FIREBASE_ORIGINS, *(_origin(url) for url in urls)})]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc or any(mark in url for mark in " ;,'\""):
        raise ReleaseError(f"{url!r} is not a URL that a Content-Security-Policy can name")
    return f"{parts.scheme}://{parts.netloc}"
