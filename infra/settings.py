"""The stack's settings, typed: what `Pulumi.STACK.yaml` must say under `ekklesia:` and `gcp:`.

Everything in which two stacks differ is a setting, so no other module asks which stack this is.
A mistake in the settings stops the program with one line that names each wrong key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

NAMESPACE = "ekklesia"
SECRETS = ("kenniClientSecret", "djangoApiToken")
PLACE = ("project", "region")
"""The settings under `gcp:`, which Google's own provider reads too."""


def _without_trailing_slash(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("should be an http or https URL")
    if url.endswith("/"):
        raise ValueError("should not end with a slash")
    return url


def _origin(url: str) -> str:
    if urlsplit(_without_trailing_slash(url)).path:
        raise ValueError("should be an origin: scheme and host, without a path")
    return url


def _network(text: str) -> str:
    network = ip_network(text)
    if not network.prefixlen:
        raise ValueError("should not be the whole internet")
    return str(network)


Url = Annotated[str, AfterValidator(_without_trailing_slash)]
Origin = Annotated[str, AfterValidator(_origin)]
Network = Annotated[str, AfterValidator(_network)]
Name = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=1, le=1000)]
LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"


class _Section(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class GoogleApis(_Section):
    """Base URLs of the Google APIs that somebody other than Pulumi's provider calls."""

    hosting: Url
    sts: Url
    storage: Url
    iam_credentials: Url
    access_token: Name | None = None
    """A bearer token for the Hosting API without application default credentials; never a real one."""


class Kenni(_Section):
    """The client registered with Kenni.is. It compares the redirect URI exactly."""

    issuer_url: Url
    client_id: Name
    redirect_uri: Url


class Emulators(_Section):
    """Where the browser finds Firebase Auth and Firestore if they are not Google's own."""

    auth: Origin
    firestore: Name


class Backup(_Section):
    """Who can open the host's backups (age's public key), and how many stay on it."""

    recipient: Annotated[str, Field(pattern=r"^age1[02-9ac-hj-np-z]{58}$")] | None = None
    daily: Count = 7
    weekly: Count = 5
    monthly: Count = 12
    unscheduled: Count = 5


class Acme(_Section):
    """Who signs the host's certificate (RFC 8555), and for which of the domains; for all where none is named.

    `authorities` is a file on the host with who vouches for that authority's own address, where Debian's own
    list does not.
    """

    directory: Url = LETS_ENCRYPT
    domains: Annotated[list[Name], Field(min_length=1)] | None = None
    authorities: Name | None = None


class PreviousSite(_Section):
    """A site that was built by hand and served before: the first deploy copies its register."""

    database: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]


class Linode(_Section):
    """The Debian host that runs Django. Fabric reads the same section from the stack's file."""

    address: Name
    port: Annotated[int, Field(gt=0, lt=65536)]
    user: Name
    domains: Annotated[list[Name], Field(min_length=1)]
    api_base_url: Url
    workers: Annotated[int, Field(gt=0, le=10)]
    certificate: Literal["acme", "files"]
    backup: Backup = Backup()
    runtime: Literal["legacy", "current"] | None = None
    acme: Acme = Acme()
    postgresql: Literal["debian", "existing"] = "debian"
    """Installed from Debian, or one that is there already, on the usual port."""
    previous_site: PreviousSite | None = None
    trusted_proxies: list[Network] = []
    """From where a request's `X-Forwarded-*` headers are believed."""
    allow_dirty: bool = False
    """Deploy what no commit holds, too: for hosts on which people try what they are at work on."""


class Settings(_Section):
    """All settings of a stack except the two secrets, which `Secrets` holds."""

    project: Name
    region: Name
    adopt: bool | list[Name]
    """Take over existing resources: all whose id can be computed, or only those with these names."""
    protect: bool
    """Refuse to delete the database, the secrets and the project's services."""
    portal_url: Origin
    cors_allowed_origins: Annotated[list[Origin], Field(min_length=1)]
    authorized_domains: Annotated[list[Name], Field(min_length=1)]
    google_apis: GoogleApis
    kenni: Kenni
    linode: Linode
    emulators: Emulators | None = None


class Secrets(BaseModel):
    """The two secrets that people supply, as secret outputs: Pulumi never prints or stores them in clear."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    kenni_client_secret: pulumi.Output[str]
    django_api_token: pulumi.Output[str]


def load() -> Settings:
    """Read and check the stack's settings. Raises RunError with one line, which Pulumi shows."""
    # `pulumi.Config` reads only keys that it is asked for, but unknown keys must be found too.
    raw = {**get_config_env(), **CONFIG.get()}
    try:
        return parse({key: _decode(value) for key, value in raw.items()})
    except ValueError as error:
        raise pulumi.RunError(f"Pulumi.{pulumi.get_stack()}.yaml: {error}") from None


def parse(config: Mapping[str, Any]) -> Settings:
    """The settings in a stack's configuration (full key → value). Raises ValueError with one line."""
    own = {name: value for name, value in _in_namespace(config, NAMESPACE).items() if name not in SECRETS}
    place = {name: value for name, value in _in_namespace(config, "gcp").items() if name in PLACE}
    try:
        return Settings.model_validate(own | place)
    except ValidationError as error:
        raise ValueError(_explain(error)) from None


def load_secrets() -> Secrets:
    """The secrets of the stack. Raises RunError if one is missing, empty or stored unencrypted."""
    config = pulumi.Config(NAMESPACE)
    for name in SECRETS:
        if not config.get(name):
            raise pulumi.RunError(f"{name} is not set: run `pulumi config set --secret {name}`")
        if not is_config_secret(f"{NAMESPACE}:{name}"):
            raise pulumi.RunError(f"{name} is not encrypted: run `pulumi config set --secret {name}`")
    return Secrets(
        kenni_client_secret=config.require_secret("kenniClientSecret"),
        django_api_token=config.require_secret("djangoApiToken"),
    )


def _in_namespace(config: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    prefix = f"{namespace}:"
    return {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}


def _decode(value: str) -> Any:
    """Undo Pulumi's encoding: every value that is no string arrives as JSON."""
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _explain(error: ValidationError) -> str:
    return "; ".join(f"{_key(entry['loc'])}: {_reason(entry)}" for entry in error.errors(include_url=False))


def _key(location: tuple[int | str, ...]) -> str:
    namespace = "gcp" if location[0] in PLACE else NAMESPACE
    return f"{namespace}:{'.'.join(str(part) for part in location)}"


def _reason(entry: Any) -> str:
    if entry["type"] == "extra_forbidden":
        return "is not a setting"
    if entry["type"] == "missing":
        return "is missing"
    return str(entry["msg"]).removeprefix("Value error, ").replace("Input should", "should")
