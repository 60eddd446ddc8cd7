"""The portal: its Firebase app, its hosting site, and the release of `portal/`.

Pulumi's provider cannot upload a site's files, so the release is a command that calls the Hosting API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

import pulumi
import pulumi_gcp as gcp

from infra.command import google_command
from infra.content_hash import content_hash
from infra.names import ROOT
from infra.settings import Settings

PORTAL = ROOT / "portal"


@dataclass(frozen=True)
class Portal:
    """The site, and the settings of its release (JSON, all of it public)."""

    site: gcp.firebase.HostingSite
    release: pulumi.Output[str]


def declare(
    settings: Settings, function_urls: Mapping[str, pulumi.Output[str]], after: Sequence[pulumi.Resource]
) -> Portal:
    """Declare the site and release the portal to it, with the functions' addresses."""
    opts = pulumi.ResourceOptions(depends_on=after)
    app = gcp.firebase.WebApp("portal", project=settings.project, display_name="Member portal", opts=opts)
    site = gcp.firebase.HostingSite(
        "portal", project=settings.project, site_id=settings.project, app_id=app.app_id, opts=opts
    )
    release = _release(settings, site, app, function_urls)
    google_command(
        settings,
        "portal-release",
        "portal.portal_release",
        release,
        triggers=[content_hash(PORTAL)],
        opts=opts,
    )
    return Portal(site, release)


def _release(
    settings: Settings,
    site: gcp.firebase.HostingSite,
    app: gcp.firebase.WebApp,
    function_urls: Mapping[str, pulumi.Output[str]],
) -> pulumi.Output[str]:
    """Where to release, and the portal's own configuration."""
    return pulumi.Output.json_dumps(
        {
            "hostingApi": settings.google_apis.hosting,
            "site": site.site_id,
            "portal": {
                "firebase": {"projectId": settings.project, "appId": app.app_id},
                "functions": dict(function_urls),
                "admin": urljoin(settings.linode.api_base_url, "/admin/"),
                "kenni": {
                    "issuerUrl": settings.kenni.issuer_url,
                    "clientId": settings.kenni.client_id,
                    "redirectUri": settings.kenni.redirect_uri,
                },
                "emulators": settings.emulators.model_dump() if settings.emulators else None,
                "office": settings.office.model_dump(by_alias=True) if settings.office else None,
            },
        },
        sort_keys=True,
    )
