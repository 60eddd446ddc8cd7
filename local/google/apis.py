"""Lists the APIs that are served, in all their versions."""

from __future__ import annotations

from collections.abc import Sequence

from local.google import (
    artifactregistry,
    cloudbuild,
    cloudfunctions,
    cloudfunctions_v1,
    cloudresourcemanager,
    cloudscheduler,
    eventarc,
    firebase,
    firebasehosting_releases,
    firebaserules,
    firestore,
    iam_pools,
    identitytoolkit,
    pubsub,
    run,
    run_v1,
    secretmanager,
    serviceusage,
    storage,
)
from local.google.frame.api import Api

APIS: Sequence[Api] = (
    serviceusage.V1,
    serviceusage.V1BETA1,
    cloudresourcemanager.API,
    iam_pools.API,
    secretmanager.API,
    artifactregistry.API,
    cloudfunctions.API,
    cloudfunctions_v1.API,
    cloudbuild.API,
    run.API,
    run_v1.API,
    eventarc.API,
    storage.API,
    firestore.API,
    firebaserules.API,
    cloudscheduler.API,
    firebase.API,
    firebasehosting_releases.API,
    identitytoolkit.API,
    pubsub.API,
)


def versions() -> dict[str, list[Api]]:
    """API → its versions: `serviceusage` → v1 and v1beta1."""
    found: dict[str, list[Api]] = {}
    for api in APIS:
        found.setdefault(api.name, []).append(api)
    return found
