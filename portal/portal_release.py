"""Release the portal: bundle its files, send what Hosting does not have, show the new version to visitors.

`python -m portal.portal_release` reads its settings as JSON on standard input, as the program in `infra/`
writes them; `pulumi stack output portalRelease | python -m portal.portal_release --dry-run` shows by hand
what a release would hold. The bearer token in GOOGLE_OAUTH_ACCESS_TOKEN replaces the default credentials.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from infra.google_apis.command import progress
from infra.google_apis.session import TOKEN_VARIABLE, GoogleApiError, Session, credentials
from infra.google_apis.waiting import Report
from portal.release.bundle import Bundle, bundled
from portal.release.content import HostedFile, site_files
from portal.release.earlier import bundle_names, earlier_bundles
from portal.release.errors import ReleaseError
from portal.release.hosting_api import HostingApi
from portal.release.serving import serving_config
from portal.release.settings import ReleaseSettings

PORTAL = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status. A failure prints one line on standard error."""
    parser = argparse.ArgumentParser(prog="portal_release", description="Release the portal.")
    parser.add_argument("--dry-run", action="store_true", help="say what a release would hold, send nothing")
    options = parser.parse_args(arguments)
    try:
        settings = _read_settings(sys.stdin.read())
        bundle = bundled(PORTAL)
        files = site_files(PORTAL, bundle, settings.portal)

        def config(bundles: Iterable[str]) -> Mapping[str, object]:
            return serving_config(PORTAL / "hosting.json", settings.portal, bundles)

        if options.dry_run:
            config([bundle.name])
            _describe(files)
        else:
            session = Session(
                credentials(os.environ.get(TOKEN_VARIABLE)), settings.portal.firebase.project_id
            )
            release(
                HostingApi(settings.hosting_api, settings.site, session), bundle, files, config, progress()
            )
    except (ReleaseError, GoogleApiError) as failure:
        print(f"portal_release: {failure}", file=sys.stderr)
        return 1
    return 0


def release(
    api: HostingApi,
    bundle: Bundle,
    files: Mapping[str, HostedFile],
    config: Callable[[Iterable[str]], Mapping[str, object]],
    report: Report,
) -> str:
    """Make one release and return its name. Until the last call, visitors see the old release.

    `config`: the serving configuration of a site with bundles of these names.
    """
    earlier = earlier_bundles(api)
    version = api.create_version(config({bundle.name, *bundle_names(earlier)}), bundle.name)
    report(f"version {version} begun, {len(files)} files, and {len(earlier)} of earlier releases")
    missing = api.populate(version, earlier | {path: file.sha256 for path, file in files.items()})
    contents = {file.sha256: file.content for file in files.values()}
    size = sum(len(contents[sha256]) for sha256 in missing)
    for sha256, url in missing.items():
        api.upload(url, contents[sha256])
    report(f"{len(missing)} of them new, {size / 1000:.0f} kB sent")
    api.finalize(version)
    name = api.release(version, "pulumi up")
    report(f"released as {name}")
    return name


def _read_settings(text: str) -> ReleaseSettings:
    try:
        return ReleaseSettings.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "standard input"
        raise ReleaseError(f"settings: {where}: {first['msg']}") from None


def _describe(files: Mapping[str, HostedFile]) -> None:
    for path, file in files.items():
        print(f"{file.sha256[:12]}  {len(file.content):8d}  {path}")


if __name__ == "__main__":
    sys.exit(main())
