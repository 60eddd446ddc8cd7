"""The bundles of earlier releases, which stay on the site for pages that were open before."""

from __future__ import annotations

from collections.abc import Iterable

from portal.release.bundle import BUNDLED
from portal.release.hosting_api import BUNDLE_LABEL, HostingApi

RELEASES = 20
"""How many releases back a bundle is kept; Hosting has the files already."""


def bundle_names(paths: Iterable[str]) -> set[str]:
    """The names of the bundles in which these files lie."""
    return {it["bundle"] for path in paths if (it := BUNDLED.match(path))}


def earlier_bundles(api: HostingApi) -> dict[str, str]:
    """Path → hash of the files in the bundles of the last releases."""
    versions = api.released_versions(RELEASES)
    if not versions:
        return {}
    kept = {version.get("labels", {}).get(BUNDLE_LABEL) for version in versions}
    files = api.files(str(versions[0]["name"]))
    return {path: sha256 for path, sha256 in files if (it := BUNDLED.match(path)) and it["bundle"] in kept}
