"""What people set up in Firebase's console, made through Google's client libraries.

The rules of the database, the web app, the site with a release, and the log-in.
"""

from __future__ import annotations

from typing import Any

from googleapiclient.errors import HttpError

from local.world import World
from tests.google.google_clients import discovered_at
from tests.google.site_release import release_site

APP = "Ekklesia"
PAGES = {"/index.html": "<title>Félagakerfi</title>".encode()}
RULES = """rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /members/{kennitala} {
      allow read, update: if request.auth != null && request.auth.token.kennitala == kennitala;
    }
  }
}
"""


def make(world: World) -> None:
    """All of it."""
    parent = f"projects/{world.project}"
    with discovered_at(world, "firebaserules.v1") as rules:
        release_rules(rules, world.project, RULES)
    with discovered_at(world, "identitytoolkit.v2") as identity:
        identity.projects().identityPlatform().initializeAuth(project=parent, body={}).execute()
    with discovered_at(world, "firebase.v1beta1") as firebase:
        firebase.projects().webApps().create(parent=parent, body={"displayName": APP}).execute()
    with discovered_at(world, "firebasehosting.v1beta1") as hosting:
        projects, site = hosting.projects(), f"{parent}/sites/{world.project}"
        _declare_site(projects, parent, world.project)
        release_site(projects, site, PAGES)


def release_rules(rules: Any, project: str, text: str) -> None:
    """Put rules into force, as Firebase's own tool does: another ruleset for the release that is there."""
    parent = f"projects/{project}"
    source = {"files": [{"name": "firestore.rules", "content": text}]}
    made = rules.projects().rulesets().create(name=parent, body={"source": source}).execute()
    release = {"name": f"{parent}/releases/cloud.firestore", "rulesetName": made["name"]}
    releases = rules.projects().releases()
    try:
        releases.patch(name=release["name"], body={"release": release}).execute()
    except HttpError as error:
        if error.status_code != 404:
            raise
        releases.create(name=parent, body=release).execute()


def _declare_site(projects: Any, parent: str, site_id: str) -> None:
    """Firebase makes the first site when it is added to a project; here somebody may have to ask for it."""
    if not projects.sites().list(parent=parent).execute().get("sites"):
        projects.sites().create(parent=parent, siteId=site_id, body={}).execute()
