"""The Google APIs that the project uses. Every other resource waits for all of them.

Pulumi's provider itself calls two: one enables the others, the other tells the project's number.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

OF_THE_PROVIDER = ("cloudresourcemanager", "serviceusage")
"""What the provider asks before it enables anything else."""
APIS = (
    "artifactregistry",  # keeps the images of the built functions
    "cloudbuild",  # builds the functions
    "cloudfunctions",
    "cloudscheduler",
    "eventarc",  # carries Firestore's events to functions
    "firebase",
    "firebasehosting",
    "firebaserules",
    "firestore",
    "iam",
    "iamcredentials",  # signs custom tokens; gives the nudge its identity token
    "identitytoolkit",
    "logging",
    "pubsub",  # Eventarc needs it
    "run",
    "secretmanager",
    "storage",
    "sts",  # accepts the nudge's signed token
)


def declare(settings: Settings) -> list[gcp.projects.Service]:
    """Enable the APIs. They stay enabled when the stack is destroyed: others in the project may use them."""
    first = [_enabled(settings, api, []) for api in OF_THE_PROVIDER]
    return [*first, *(_enabled(settings, api, first) for api in APIS)]


def _enabled(settings: Settings, api: str, after: Sequence[pulumi.Resource]) -> gcp.projects.Service:
    return gcp.projects.Service(
        f"api-{api}",
        project=settings.project,
        service=f"{api}.googleapis.com",
        disable_on_destroy=False,
        opts=pulumi.ResourceOptions(
            depends_on=after, protect=settings.protect, retain_on_delete=settings.protect
        ),
    )
