"""Refuses a service account that does not exist, for the types that have no front end yet."""

from __future__ import annotations

from local.provider.gcp.google_error import invalid
from local.provider.gcp.scope import Operation
from local.services.iam import SERVICE_ACCOUNTS, service_account_name


def require_account(operation: Operation, email: str) -> None:
    """Raise Google's error if one of the project's own service accounts does not exist."""
    own = email.endswith(f"@{operation.scope.project}.iam.gserviceaccount.com")
    if own and operation.store.get(SERVICE_ACCOUNTS, service_account_name(email)) is None:
        raise invalid(f"Service account {email} does not exist.")
