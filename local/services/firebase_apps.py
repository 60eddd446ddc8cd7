"""The records of Firebase, and what the SDK of a web app is told. Nothing in it is secret."""

from __future__ import annotations

PROJECTS, WEB_APPS, SITES = "firebase.projects", "firebase.webApps", "firebasehosting.sites"
API_KEY = "demo-api-key"
"""Firebase's emulators accept any text."""


def sdk_configuration(project: str, app_id: str) -> dict[str, str]:
    """The configuration of the SDK, in the words of Google's `WebAppConfig`."""
    domain = f"{project}.firebaseapp.com"
    return {"apiKey": API_KEY, "appId": app_id, "authDomain": domain, "projectId": project}
