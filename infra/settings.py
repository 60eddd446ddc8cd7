"""The stack's settings, typed: what `Pulumi.STACK.yaml` must say under `ekklesia:` and `gcp:`.

Everything in which two stacks differ is a setting, so no other module asks which stack this is.
A mistake in the settings stops the program with one line that names each wrong key.
The section `linode` belongs to the deploys, which read it too (see `deploy/remote/linode_settings.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from deploy.remote.api_callers import FUNCTIONS, TOKEN, setting_of
from deploy.remote.linode_settings import LinodeSettings, Location, MailSettings, Section, explain

NAMESPACE = "ekklesia"
API_TOKENS = {function: setting_of(function) for function in FUNCTIONS}
"""Function → the secret setting with its token."""
ERASED_KEYS_KEY = "erasedKeysKey"
SECRETS = ("kenniClientSecret", ERASED_KEYS_KEY, *API_TOKENS.values())
MAIL_LOGIN = "mailPassword"
"""A secret that only a stack with `linode.mail.user` has."""
PLACE = ("project", "region")
"""The settings under `gcp:`, which Google's own provider reads too."""
API_PLACE = "{api}"
MOST_RETAINED_DAYS = 400
"""The bucket's own rule removes a copy at that age."""


def _of_the_web(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("should be an http or https URL")
    return url


def _without_trailing_slash(url: str) -> str:
    parts = urlsplit(_of_the_web(url))
    if parts.query or parts.fragment:
        raise ValueError("should be an http or https URL without a query")
    if url.endswith("/"):
        raise ValueError("should not end with a slash")
    return url


def _origin(url: str) -> str:
    if urlsplit(_without_trailing_slash(url)).path:
        raise ValueError("should be an origin: scheme and host, without a path")
    return url


def _with_a_place_for_the_api(url: str) -> str:
    if url.count(API_PLACE) != 1:
        raise ValueError(f"should have one {API_PLACE}")
    return url


PageUrl = Annotated[str, AfterValidator(_of_the_web)]
"""A page for people, at any address."""
Url = Annotated[str, AfterValidator(_without_trailing_slash)]
"""A base, to which paths are added."""
ApiAddress = Annotated[str, AfterValidator(_with_a_place_for_the_api)]
Origin = Annotated[str, AfterValidator(_origin)]
Name = Annotated[str, Field(min_length=1)]
OperatorName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9]([0-9 -]{3,18})[0-9]$")]
EmailAddress = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]


class GoogleApis(Section):
    """Base URLs of the Google APIs that somebody other than Pulumi's provider calls."""

    hosting: Url
    sts: Url
    storage: Url
    iam_credentials: Url
    functions: Url
    """Below which each function answers by its name; operators' commands ask there."""
    any: ApiAddress = "https://{api}.googleapis.com"
    """That of each other API, whose name is the first label of its host."""
    access_token: Name | None = None
    """A bearer token instead of application default credentials; never a real one."""

    def of(self, api: str) -> str:
        """The base URL of an API by the first label of its host, such as `firebaserules`."""
        return self.any.replace(API_PLACE, api)


class Kenni(Section):
    """The client registered with Kenni.is. It compares the redirect URI exactly."""

    issuer_url: Url
    client_id: Name
    redirect_uri: Url


class Emulators(Section):
    """Where the browser finds Firebase Auth and Firestore if they are not Google's own."""

    auth: Origin
    firestore: Name


class Office(Section):
    """How people reach the association's office. The portal says it to those whom it cannot help itself."""

    address: Name
    phone: PhoneNumber
    email: EmailAddress
    join_url: PageUrl | None = None
    """The page that says how to join; without it, the office does."""


class BackupBucket(Section):
    """How long nobody can remove a copy from the bucket of backups, not even an owner of the project."""

    retained_days: Annotated[int, Field(ge=0, le=MOST_RETAINED_DAYS)]
    """0: copies can be removed at any time, which no project but a demo may say."""
    locked_for_ever: Name | None = None
    """The bucket's own name, to lock that time. Google never unlocks it, so it has to be written out."""


class Settings(Section):
    """All settings of a stack except the secrets, which `Secrets` holds."""

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
    linode: LinodeSettings
    operators: dict[OperatorName, EmailAddress] = Field(default_factory=dict)
    """Who may decide what is held from the command line: a short name → the person's Google account."""
    records_kept_days: Annotated[int, Field(ge=30, le=4000)] = 400
    """How long both halves keep who edited what: queue entries, runs, conflicts."""
    backup_bucket: BackupBucket
    emulators: Emulators | None = None
    office: Office | None = None


class Secrets(BaseModel):
    """The secrets of the stack, as secret outputs: Pulumi never prints or stores them in clear."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    kenni_client_secret: pulumi.Output[str]
    erased_keys_key: pulumi.Output[str]
    """Of the HMACs on the list of erased keys."""
    api_tokens: dict[str, pulumi.Output[str]]
    """Function → the token with which it calls Django's API."""
    mail_password: pulumi.Output[str] | None
    """With which the host logs in to the mail server."""


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
    secret = {*SECRETS, MAIL_LOGIN}
    own = {name: value for name, value in _in_namespace(config, NAMESPACE).items() if name not in secret}
    place = {name: value for name, value in _in_namespace(config, "gcp").items() if name in PLACE}
    try:
        settings = Settings.model_validate(own | place)
    except ValidationError as error:
        raise ValueError(explain(error, _key)) from None
    if config.get("gcp:billingProject", settings.project) != settings.project:
        raise ValueError("gcp:billingProject: should be gcp:project, which pays for its own calls")
    return settings


def load_secrets(mail: MailSettings | None) -> Secrets:
    """The secrets of the stack. Raises RunError if one is missing, empty or stored unencrypted."""
    config = pulumi.Config(NAMESPACE)
    logs_in = mail is not None and mail.user is not None
    for name in (*SECRETS, *([MAIL_LOGIN] if logs_in else [])):
        if not config.get(name):
            raise pulumi.RunError(f"{name} is not set: run `pulumi config set --secret {name}`")
        if not is_config_secret(f"{NAMESPACE}:{name}"):
            raise pulumi.RunError(f"{name} is not encrypted: run `pulumi config set --secret {name}`")
    for name in API_TOKENS.values():
        if not TOKEN.fullmatch(config.require(name)):
            raise pulumi.RunError(f"{name} must be 32 to 128 letters, digits, - or _: `fab tokens.rotate`")
    if not TOKEN.fullmatch(config.require(ERASED_KEYS_KEY)):
        raise pulumi.RunError(f"{ERASED_KEYS_KEY} must be 32 to 128 letters, digits, - or _")
    return Secrets(
        kenni_client_secret=config.require_secret("kenniClientSecret"),
        erased_keys_key=config.require_secret(ERASED_KEYS_KEY),
        api_tokens={function: config.require_secret(name) for function, name in API_TOKENS.items()},
        mail_password=config.require_secret(MAIL_LOGIN) if logs_in else None,
    )


def _in_namespace(config: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    prefix = f"{namespace}:"
    return {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}


def _decode(value: str | None) -> Any:
    """Undo Pulumi's encoding: `null` arrives as an empty string, and what else is no string as JSON."""
    if not value:
        return None
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _key(location: Location) -> str:
    namespace = "gcp" if location[0] in PLACE else NAMESPACE
    return f"{namespace}:{'.'.join(str(part) for part in location)}"
