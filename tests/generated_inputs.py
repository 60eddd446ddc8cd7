"""Hypothesis makes the same examples whether the machine is busy or not: it has no time limits of its own."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

PROFILE = "without a clock"


def pytest_configure() -> None:
    """Before any test module is read."""
    settings.register_profile(PROFILE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile(PROFILE)
