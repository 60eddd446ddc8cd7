"""The Google APIs that the project uses. Every other resource waits for all of them.

Pulumi's provider itself calls two: one enables the others, the other tells the project's number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.command import google_command
from infra.settings import Settings

AWAIT_APIS = "infra.google_apis.await_apis"
PROJECT = "projects/{project}"
PLACE = f"{PROJECT}/locations/{{region}}"
OF_THE_PROVIDER = {"cloudresourcemanager": f"v1/{PROJECT}", "serviceusage": f"v1/{PROJECT}/services"}
"""What the provider asks before it enables anything else."""
APIS = {
    "artifactregistry": f"v1/{PLACE}/repositories",  # keeps the images of the built functions
    "cloudbuild": f"v1/{PLACE}/builds",  # builds the functions
    "cloudfunctions": f"v2/{PLACE}/functions",
    "cloudscheduler": f"v1/{PLACE}/jobs",
    "eventarc": f"v1/{PLACE}/triggers",  # carries Firestore's events to functions
    "firebase": f"v1beta1/{PROJECT}",
    "firebasehosting": f"v1beta1/{PROJECT}/sites",
    "firebaserules": f"v1/{PROJECT}/releases",
    "firestore": f"v1/{PROJECT}/databases",
    "iam": f"v1/{PROJECT}/serviceAccounts",
    "iamcredentials": "",  # signs custom tokens; gives the nudge its identity token
    "identitytoolkit": f"v2/{PROJECT}/config",
    "logging": "",
    "pubsub": f"v1/{PROJECT}/topics",  # Eventarc needs it
    "run": f"v2/{PLACE}/services",
    "secretmanager": f"v1/{PROJECT}/secrets",
    "storage": "storage/v1/b?project={project}",
    "sts": "",  # accepts the nudge's signed token
}
"""API → a small question to it; empty if it takes no questions, or nothing waits for it."""


def declare(settings: Settings) -> list[pulumi.Resource]:
    """Enable the APIs and wait until they answer.

    They stay enabled when the stack is destroyed: others in the project may use them.
    """
    first = [_enabled(settings, api, []) for api in OF_THE_PROVIDER]
    enabled = [*first, *(_enabled(settings, api, first) for api in APIS)]
    told = {"project": settings.project, "questions": _questions(settings)}
    opts = pulumi.ResourceOptions(depends_on=enabled)
    answering = google_command(
        settings, "apis-answer", AWAIT_APIS, json.dumps(told, sort_keys=True), opts=opts
    )
    return [*enabled, answering]


def _questions(settings: Settings) -> dict[str, str]:
    place = {"project": settings.project, "region": settings.region}
    return {
        api: f"{settings.google_apis.of(api)}/{path.format_map(place)}"
        for api, path in {**OF_THE_PROVIDER, **APIS}.items()
        if path
    }


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
