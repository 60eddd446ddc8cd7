"""No function starts without its settings."""

from __future__ import annotations

import pytest

from runtime.settings import ConfigurationError
from tests.functions.entry_points.calls import Serve


@pytest.mark.parametrize(
    ("target", "missing"),
    [
        ("handle_kenni_auth", "KENNI_IS_CLIENT_SECRET"),
        ("verify_membership", "CORS_ALLOWED_ORIGINS"),
        ("updatememberprofile", "GCP_PROJECT"),
        ("syncmembers", "DJANGO_API_TOKEN"),
        ("bidirectional_sync", "DJANGO_API_BASE_URL"),
        ("track_member_changes", "DJANGO_API_TOKEN"),
    ],
)
def test_a_function_without_a_setting_does_not_start(
    serve: Serve, environment: pytest.MonkeyPatch, target: str, missing: str
) -> None:
    environment.delenv(missing)

    with pytest.raises(ConfigurationError, match=missing) as caught:
        serve(target)
    assert "a-client-secret" not in str(caught.value)
