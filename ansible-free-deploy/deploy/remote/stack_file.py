"""The host of a stack: the section `ekklesia:linode` of the stack's own file, checked.

`Pulumi.STACK.yaml` stands in the root for a real stack and in `.local/stacks/` for a world on this machine.
A world's folder holds the key to log in with; for any other stack that is the user's own SSH configuration.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from deploy.remote.errors import DeployError

ROOT = Path(__file__).resolve().parents[3]
STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SECTION = "ekklesia:linode"

HostName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$")]
BaseUrl = Annotated[
    str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$")
]
UserName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
DirectoryUrl = Annotated[
    str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$")
]
HostPath = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$")]
AgeRecipient = Annotated[str, StringConstraints(pattern=r"^age1[02-9ac-hj-np-z]{58}$")]
Count = Annotated[int, Field(ge=1, le=1000)]
DatabaseName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"


def _network(text: str) -> str:
    """A range of addresses as nginx takes it; never the whole internet."""
    network = ip_network(text)
    if not network.prefixlen:
        raise ValueError("must not be the whole internet")
    return str(network)


class _Section(BaseModel):
    """Every value ends in a shell command or a configuration file, so each is held to the form it needs."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class BackupSettings(_Section):
    """Who can open the host's backups, and how many stay on it."""

    recipient: AgeRecipient | None = None
    """The public half of the offline key. Without one nothing is backed up, and no host is provisioned."""
    daily: Count = 7
    weekly: Count = 5
    monthly: Count = 12
    unscheduled: Count = 5
    """Of each kind that people and deploys make: the newest so many."""


class Acme(_Section):
    """Who signs the certificate, and for which domains; for all of the host's where none is named.

    `authorities` is a PEM file on the host with who vouches for the directory's own certificate.
    """

    directory: DirectoryUrl = LETS_ENCRYPT
    domains: Annotated[list[HostName], Field(min_length=1)] | None = None
    authorities: HostPath | None = None


class PreviousSite(_Section):
    """A site that was built by hand and served before: the first deploy copies its register."""

    database: DatabaseName


class LinodeSettings(_Section):
    """What the stack says of its host."""

    address: HostName
    port: Annotated[int, Field(gt=0, lt=65536)]
    user: UserName
    domains: Annotated[list[HostName], Field(min_length=1)]
    api_base_url: BaseUrl
    workers: Annotated[int, Field(gt=0, le=10)]
    certificate: Literal["acme", "files"]
    backup: BackupSettings = BackupSettings()
    runtime: Literal["legacy", "current"] | None = None
    """Python 3.6 with Django 2.2, or the newest; unset, the first where the host has that Python."""
    acme: Acme = Acme()
    postgresql: Literal["debian", "existing"] = "debian"
    """Installed from Debian, or one that is there already, on the usual port."""
    previous_site: PreviousSite | None = None
    trusted_proxies: list[Annotated[str, AfterValidator(_network)]] = []
    """From where a request's `X-Forwarded-*` headers are believed."""
    allow_dirty: bool = False
    """Deploy what no commit holds, too: for hosts on which people try what they are at work on."""

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, section: Any) -> Any:
        if isinstance(section, dict) and "former" in section:
            raise ValueError("former: this setting is called `previousSite` now")
        return section

    @model_validator(mode="after")
    def _one_server_of_postgresql(self) -> Self:
        if self.previous_site and self.postgresql != "existing":
            raise ValueError(
                "previousSite: postgresql must be `existing`, whose server then holds both registers"
            )
        return self

    @property
    def certified(self) -> list[str]:
        """The names on the certificate."""
        return (self.certificate == "acme" and self.acme.domains) or self.domains


class Stack(BaseModel):
    """A stack's host, and how to get in where its world keeps a key of its own."""

    model_config = ConfigDict(frozen=True)

    name: str
    linode: LinodeSettings
    key_folder: Path | None = None
    """Holds `id_ed25519` and `known_hosts`."""
    identity: Path | None = None
    """The private key that opens backups, where the stack's world keeps one; never production's."""


def load_stack(name: str, root: Path = ROOT) -> Stack:
    """Read a stack. Raises DeployError, in one line, for a wrong name, file or setting."""
    if not STACK_NAME.fullmatch(name):
        raise DeployError(f"{name!r} is no name for a stack")
    path = _stack_path(name, root)
    key_folder = root / ".local" / name / "host" / "ssh"
    identity = root / ".local" / name / "backup-identity.txt"
    return Stack(
        name=name,
        linode=_linode_settings(path),
        key_folder=key_folder if key_folder.is_dir() else None,
        identity=identity if identity.is_file() else None,
    )


def _stack_path(name: str, root: Path) -> Path:
    candidates = [folder / f"Pulumi.{name}.yaml" for folder in (root, root / ".local" / "stacks")]
    for path in candidates:
        if path.exists():
            return path
    raise DeployError(f"no stack {name!r}: there is neither {' nor '.join(map(str, candidates))}")


def _linode_settings(path: Path) -> LinodeSettings:
    try:
        content = yaml.safe_load(path.read_text())
        section: Any = content["config"][SECTION]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise DeployError(f"{path}: no section {SECTION} under `config`") from error
    try:
        return LinodeSettings.model_validate(section)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise DeployError(f"{path}: {SECTION}: {'; '.join(wrong)}") from error
