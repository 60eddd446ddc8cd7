"""By which variables Google's own clients find this world: Google's Pulumi provider, and `gcloud`.

Both are told the address of each API. What is listed here is served: a test says so. How to use them is in
docs/howto/use-googles-own-provider.md.
"""

from __future__ import annotations

import sys

from local.world import World

ENDPOINTS = {
    # The version by which it asks for Google's own accounts; for all else it puts v1 in its place.
    "GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT": "serviceusage/v1beta1/",
    "GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT": "cloudresourcemanager/v1/",
    "GOOGLE_CLOUD_RESOURCE_MANAGER_CUSTOM_ENDPOINT": "cloudresourcemanager/v1/",
    "GOOGLE_IAM_CUSTOM_ENDPOINT": "iam/v1/",
    "GOOGLE_IAM_BETA_CUSTOM_ENDPOINT": "iam/v1/",
    "GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT": "secretmanager/v1/",  # nosec B105 - a path, no secret
    "GOOGLE_STORAGE_CUSTOM_ENDPOINT": "storage/v1/",
    "GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT": "artifactregistry/v1/",
    "GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT": "run/v2/",
    "GOOGLE_CLOUDFUNCTIONS2_CUSTOM_ENDPOINT": "cloudfunctions/v2/",
    "GOOGLE_CLOUD_SCHEDULER_CUSTOM_ENDPOINT": "cloudscheduler/v1/",
    "GOOGLE_FIRESTORE_CUSTOM_ENDPOINT": "firestore/v1/",
    "GOOGLE_FIREBASERULES_CUSTOM_ENDPOINT": "firebaserules/v1/",
    "GOOGLE_FIREBASE_CUSTOM_ENDPOINT": "firebase/v1beta1/",
    "GOOGLE_FIREBASE_HOSTING_CUSTOM_ENDPOINT": "firebasehosting/v1beta1/",
    "GOOGLE_IDENTITY_PLATFORM_CUSTOM_ENDPOINT": "identitytoolkit/v2/",
}
"""The provider's variable of an API → its path here, with its version."""
GCLOUD_OVERRIDES = {
    "serviceusage": "serviceusage",
    "cloudresourcemanager": "cloudresourcemanager",
    "iam": "iam",
    "secretmanager": "secretmanager",
    "storage": "storage/v1",
    "artifactregistry": "artifactregistry",
    "run": "run",
    "cloudbuild": "cloudbuild",
    "cloudfunctions": "cloudfunctions",
    "cloudscheduler": "cloudscheduler",
    "firestore": "firestore",
}
"""Name of the API in `CLOUDSDK_API_ENDPOINT_OVERRIDES_…` → its path here; gcloud adds most versions."""
OWNER = "owner"


def provider_variables(world: World) -> dict[str, str]:
    """The environment in which Google's provider calls this world, and nothing else."""
    root = world.url("googleapis")
    return {
        **{name: f"{root}/{path}" for name, path in ENDPOINTS.items()},
        "GOOGLE_OAUTH_ACCESS_TOKEN": OWNER,
        "GOOGLE_CLOUD_QUOTA_PROJECT": world.project,
        # Else it asks Compute Engine, which no one-machine world has, for its regions.
        "PULUMI_GCP_SKIP_REGION_VALIDATION": "true",
    }


def main(world_name: str) -> None:
    """Print the variables for the shell."""
    for name, value in provider_variables(World.load(world_name)).items():
        print(f"export {name}={value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
