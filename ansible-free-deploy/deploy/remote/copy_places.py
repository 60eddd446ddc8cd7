"""Where copies of the host's backups may go: what `fab provision` fixes on the host for `fab configure`.

`infra/backup_bucket.py` declares the same; `tests/infra/test_wiring.py` holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BUCKET_SUFFIX = "-backups"
ACCOUNT = "host-backup"
SUBJECT = "backup"
POOL = f"/locations/global/workloadIdentityPools/linode/providers/{SUBJECT}"
"""Before it, in the provider's full name, stands the project's number, which only Google knows."""
APIS = {"storage_url": "storage", "sts_url": "sts", "iam_credentials_url": "iamCredentials"}


def copy_places(settings: Mapping[str, Any], domain: str) -> dict[str, str] | None:
    """What a stack's settings (full key → value) say; None if they name no project or no addresses."""
    project, apis = settings.get("gcp:project"), settings.get("ekklesia:googleApis")
    if not project or not isinstance(apis, dict) or not apis.keys() >= set(APIS.values()):
        return None
    return {name: str(apis[api]) for name, api in APIS.items()} | {
        "bucket": f"{project}{BUCKET_SUFFIX}",
        "service_account": f"{ACCOUNT}@{project}.iam.gserviceaccount.com",
        "issuer": f"https://{domain}",
        "subject": SUBJECT,
        "pool": POOL,
    }
