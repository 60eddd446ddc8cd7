"""The settings of a release, as JSON: where to release to, and the configuration that the portal reads."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Section(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class FirebaseProject(_Section):
    """The Firebase app of the portal. Its public API key comes from `/__/firebase/init.json`."""

    project_id: str
    app_id: str


class KenniClient(_Section):
    """The public half of the log-in client."""

    issuer_url: str
    client_id: str
    redirect_uri: str


class Emulators(_Section):
    """The addresses of a Firebase that is not Google's: `auth` is a URL, `firestore` is HOST:PORT."""

    auth: str
    firestore: str


class Office(_Section):
    """How people reach the association's office, and the page that says how to join."""

    address: str
    phone: str
    email: str
    join_url: str | None = None


class PortalConfiguration(_Section):
    """`/config.json` of the released portal. Anyone can read it."""

    firebase: FirebaseProject
    functions: dict[str, str]
    """Function name → URL."""
    kenni: KenniClient
    admin: str | None = None
    """Where staff keep the register: the Django admin."""
    emulators: Emulators | None = None
    office: Office | None = None


class ReleaseSettings(_Section):
    """One release: the API to call, the site to release to, and the portal's configuration."""

    hosting_api: str
    site: str
    portal: PortalConfiguration
