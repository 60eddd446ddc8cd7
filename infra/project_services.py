"""The Google APIs that the project uses. Every other resource waits for all of them."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings

APIS = (
    "artifactregistry",  # keeps the images of the built functions
    "cloudbuild",  # builds the functions
    "cloudfunctions",
    "cloudresourcemanager",  # project-wide IAM bindings
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
    "serviceusage",
    "storage",
    "sts",  # accepts the nudge's signed token
)


def declare(settings: Settings) -> list[gcp.projects.Service]:
    """Enable the APIs. They stay enabled when the stack is destroyed: others in the project may use them."""
    return [
        gcp.projects.Service(
            f"api-{api}",
            project=settings.project,
            service=f"{api}.googleapis.com",
            disable_on_destroy=False,
            opts=pulumi.ResourceOptions(protect=settings.protect, retain_on_delete=settings.protect),
        )
        for api in APIS
    ]
