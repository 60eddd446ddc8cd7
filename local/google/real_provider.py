"""By which variables Google's own clients find this world: Google's Pulumi provider, and `gcloud`.

Both are told the address of each API. What is listed here is served: a test says so. How to use them is in
docs/howto/use-googles-own-provider.md.
"""

from __future__ import annotations

import sys

from local.world import World

ENDPOINTS = {
    "SERVICE_USAGE": "serviceusage/v1/",
    "RESOURCE_MANAGER": "cloudresourcemanager/v1/",
    "CLOUD_RESOURCE_MANAGER": "cloudresourcemanager/v1/",
    "IAM": "iam/v1/",
    "IAM_BETA": "iam/v1/",
    "SECRET_MANAGER": "secretmanager/v1/",
    "STORAGE": "storage/v1/",
    "ARTIFACT_REGISTRY": "artifactregistry/v1/",
    "CLOUD_RUN_V2": "run/v2/",
    "CLOUDFUNCTIONS2": "cloudfunctions/v2/",
    "CLOUD_SCHEDULER": "cloudscheduler/v1/",
    "FIRESTORE": "firestore/v1/",
    "FIREBASERULES": "firebaserules/v1/",
    "FIREBASE": "firebase/v1beta1/",
    "FIREBASE_HOSTING": "firebasehosting/v1beta1/",
    "IDENTITY_PLATFORM": "identitytoolkit/v2/",
}
"""Name of the API in the variables `GOOGLE_…_CUSTOM_ENDPOINT` → its path here, with its version."""
GCLOUD_OVERRIDES = {
    "serviceusage": "serviceusage",
    "cloudresourcemanager": "cloudresourcemanager",
    "iam": "iam",
    "secretmanager": "secretmanager",
    "storage": "storage/v1",
    "artifactregistry": "artifactregistry",
    "run": "run",
    "cloudfunctions": "cloudfunctions",
    "cloudscheduler": "cloudscheduler",
    "firestore": "firestore",
}
"""Name of the API in `CLOUDSDK_API_ENDPOINT_OVERRIDES_…` → its path here; gcloud adds most versions itself."""
OWNER = "owner"


def provider_variables(world: World) -> dict[str, str]:
    """The environment in which Google's provider calls this world, and nothing else."""
    root = world.url("googleapis")
    return {
        **{f"GOOGLE_{name}_CUSTOM_ENDPOINT": f"{root}/{path}" for name, path in ENDPOINTS.items()},
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
