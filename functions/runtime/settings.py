"""The settings of the functions, from environment variables; each function is given only those it uses.

An error names the settings that are missing or wrong, and never quotes a value.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Text = Annotated[str, Field(min_length=1)]
MAX_BATCH = 500
"""Documents that Django takes in one call (`MOST_DOCUMENTS` in `linode/backend/sync/wire.py`)."""


class ConfigurationError(Exception):
    """Environment variables are missing or invalid; the message names them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"missing or invalid settings: {', '.join(names)}")
        self.names = names


class Settings(BaseSettings):
    """A group of settings: each field is the environment variable of that name, in upper case.

    A group may have a prefix, which stands before the name.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)


class ProjectSettings(Settings):
    """Where the data is."""

    gcp_project: Text


class BrowserSettings(Settings):
    """Which sites may call a function from a browser."""

    cors_allowed_origins: Annotated[tuple[str, ...], NoDecode]

    @field_validator("cors_allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("cors_allowed_origins")
    @classmethod
    def _must_be_named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or "*" in value:
            raise ValueError("origins are named one by one")
        return value


class KenniSettings(Settings):
    """Our client at Kenni.is."""

    kenni_is_issuer_url: HttpUrl
    kenni_is_client_id: Text
    kenni_is_client_secret: SecretStr
    kenni_is_redirect_uri: HttpUrl
    jwks_cache_ttl_seconds: Annotated[int, Field(ge=1)] = 3600
    login_limits_database: Text
    """The Firestore database in which failures are counted."""
    login_failures_per_person: Annotated[int, Field(ge=1)] = 5
    """In `login_window_seconds`, before a person has to wait."""
    login_failures_per_address: Annotated[int, Field(ge=1)] = 100
    """The same for all who share an address: a meeting hall is one."""
    login_window_seconds: Annotated[int, Field(ge=1)] = 600

    @property
    def issuer(self) -> str:
        """The issuer as tokens name it: without the slash that parsing a bare host adds."""
        return str(self.kenni_is_issuer_url).rstrip("/")


class DjangoSettings(Settings):
    """The host's API."""

    django_api_base_url: HttpUrl
    django_api_token: SecretStr


class ErasedKeysSettings(Settings):
    """The list of erased keys."""

    erased_keys_key: Annotated[SecretStr, Field(min_length=32)]
    """Of the HMAC. It is never replaced: a list under another key would find nobody."""


class RunLimits(Settings):
    """The size and the pace of a run of the sync, each with a default that fits production."""

    model_config = SettingsConfigDict(env_prefix="SYNC_")

    batch_size: Annotated[int, Field(ge=1, le=MAX_BATCH)] = MAX_BATCH
    """Members that are reconciled together."""
    parallel_batches: Annotated[int, Field(ge=1, le=16)] = 2
    """Batches at work at once; below the host's number of workers, so that people are served too."""
    lease_seconds: Annotated[int, Field(ge=1)] = 120
    """How long Django keeps claimed members from other workers."""
    budget_seconds: Annotated[float, Field(gt=0)] = 480
    """After so long no batch is begun; what is left stays announced for the next run."""
    first_writes_per_second: Annotated[float, Field(gt=0)] = float("inf")
    """Set to 500 for the first copy into an empty production database (see `sync/ramp.py`)."""
    kept_days: Annotated[int, Field(ge=30, le=4000)] = 400
    """How long runs and settled queue entries stay (TTL policies on their `expiresAt` remove them)."""

    @property
    def kept_for(self) -> timedelta:
        """The same as a duration."""
        return timedelta(days=self.kept_days)


Group = TypeVar("Group", bound=Settings)

NEEDED: dict[str, tuple[type[Settings], ...]] = {
    "handle_kenni_auth": (ProjectSettings, BrowserSettings, KenniSettings),
    "verify_membership": (ProjectSettings, BrowserSettings),
    "updatememberprofile": (ProjectSettings, BrowserSettings),
    "setmemberrole": (ProjectSettings, BrowserSettings),
    "searchmembers": (ProjectSettings, BrowserSettings, DjangoSettings),
    "syncmembers": (ProjectSettings, BrowserSettings, DjangoSettings, RunLimits, ErasedKeysSettings),
    "decideheld": (ProjectSettings, BrowserSettings, DjangoSettings, RunLimits, ErasedKeysSettings),
    "operatordecision": (ProjectSettings, DjangoSettings, RunLimits, ErasedKeysSettings),
    "bidirectional_sync": (ProjectSettings, DjangoSettings, RunLimits, ErasedKeysSettings),
    "track_member_changes": (ProjectSettings, DjangoSettings, RunLimits, ErasedKeysSettings),
}
"""The settings that each entry point needs. The health check needs none: it reports what is missing."""


def load(group: type[Group]) -> Group:
    """Read a group. Raises ConfigurationError."""
    try:
        return group()
    except ValidationError as error:
        prefix = group.model_config.get("env_prefix", "")
        names = {f"{prefix}{item['loc'][0]}".upper() for item in error.errors() if item["loc"]}
        # The cause is left out: pydantic's text quotes the values.
        raise ConfigurationError(sorted(names)) from None


def check(entry_point: str) -> None:
    """Refuse to start without settings, so that a revision that lacks one never gets traffic."""
    missing: list[str] = []
    for group in NEEDED.get(entry_point, ()):
        try:
            load(group)
        except ConfigurationError as error:
            missing += error.names
    if missing:
        raise ConfigurationError(missing)
