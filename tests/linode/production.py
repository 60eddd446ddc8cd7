"""The environment of a production start, made up."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.linode.django_server import BACKEND
from tests.linode.runtimes import Runtime

POOL = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/host"
REQUIRED = {
    "DJANGO_SECRET_KEY": "q7-made-up-for-a-test-0123456789abcdefghijklmnopqrstuvwxyz-éþ",
    "DJANGO_ALLOWED_HOSTS": "starf.example,felagakerfi.example",
    "DJANGO_CSRF_TRUSTED_ORIGINS": "https://starf.example",
    "DATABASE_URL": "postgresql://ekklesia@127.0.0.1:1/ekklesia",
    "SECOND_FACTOR_KEYS": "bWFkZS11cC1mb3ItYS10ZXN0LTAxMjM0NTY3ODlhYmM=",
}
NUDGE = {
    "NUDGE_URL": "https://functions.example/bidirectional_sync",
    "NUDGE_AUDIENCE": "https://functions.example/bidirectional_sync",
    "NUDGE_STS_URL": "https://sts.example",
    "NUDGE_IAM_CREDENTIALS_URL": "https://iamcredentials.example",
    "NUDGE_POOL_PROVIDER": POOL + "/providers/host",
    "NUDGE_SERVICE_ACCOUNT": "sync-nudge@example.iam.gserviceaccount.com",
    "NUDGE_ISSUER": "https://starf.example",
    "NUDGE_SUBJECT": "django",
    "NUDGE_KEY_FILE": "/etc/ekklesia/nudge.pem",
}


def manage(
    runtime: Runtime, environment: dict[str, str], *arguments: str, folder: Path = BACKEND
) -> subprocess.CompletedProcess[str]:
    """Run a management command with production's settings and nothing but this environment."""
    process = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8", **environment}
    command = [str(runtime.executable), "manage.py", *arguments]
    return subprocess.run(command, cwd=folder, env=process, capture_output=True, text=True, check=False)
