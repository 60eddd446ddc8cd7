"""The host of a stack, read from the stack's own file (see linode_settings.py for what that may say).

`Pulumi.STACK.yaml` stands in the root for a real stack and in `.local/stacks/` for a world on this machine.
A world's folder holds the key to log in with; for any other stack that is the user's own SSH configuration.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.remote.copy_places import BUCKET_SUFFIX, copy_places
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import (
    SECTION,
    WHEEL_BUCKET_SUFFIX,
    LinodeSettings,
    explain,
    key_in_section,
)

ROOT = Path(__file__).resolve().parents[3]
IDENTITY_TOOLKIT = "https://identitytoolkit.googleapis.com"
STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Bucket(BaseModel):
    """A bucket of the project's: the storage API's address and the bucket's name."""

    model_config = ConfigDict(frozen=True)

    storage_url: str
    name: str
    access_token: str | None = None
    """Replaces the user's own Google identity; never a real one."""


class DecisionSettings(BaseModel):
    """Who may decide what is held from the command line, and where they do it."""

    model_config = ConfigDict(frozen=True)

    operators: dict[str, str]
    """Short name → the person's Google account."""
    functions: str
    iam_credentials: str
    access_token: str | None = None
    """Replaces the user's own Google identity; never a real one."""


class Users(BaseModel):
    """Where the users of the portal are: Identity Platform's address, and the project."""

    model_config = ConfigDict(frozen=True)

    project: str
    identity_toolkit: str
    access_token: str | None = None
    """Replaces the user's own Google identity; never a real one."""


class Stack(BaseModel):
    """A stack's host, and the keys to it if its world keeps some of its own."""

    model_config = ConfigDict(frozen=True)

    name: str
    linode: LinodeSettings
    project: str = ""
    """At Google."""
    firestore_emulator: str = ""
    """`HOST:PORT`, for a stack whose Firestore is not Google's own."""
    key_folder: Path | None = None
    """Holds `id_ed25519` and `known_hosts`."""
    sudo_password: Path | None = None
    """The password of the user who provisions, if the stack's world keeps one; never production's."""
    identity: Path | None = None
    """The private key that opens backups, if the stack's world keeps one; never production's."""
    copies: dict[str, str] | None = None
    """Where copies of backups may go (`copy_places.py`); None if the stack's file names no project."""
    copy_bucket: Bucket | None = None
    """The bucket of those copies, as the person at this machine reads it."""
    wheels: Bucket | None = None
    """Where the project keeps wheels. None if the stack's file names no project."""
    decisions: DecisionSettings | None = None
    """None if the stack's file does not say where the functions are."""
    users: Users | None = None
    """The same."""


def load_stack(name: str, root: Path = ROOT) -> Stack:
    """Read a stack. Raises DeployError, in one line, for a wrong name, file or setting."""
    if not STACK_NAME.fullmatch(name):
        raise DeployError(f"{name!r} is no name for a stack")
    path = _stack_path(name, root)
    key_folder = root / ".local" / name / "host" / "ssh"
    sudo_password = key_folder / "sudo-password"
    identity = root / ".local" / name / "backup-identity.txt"
    settings = _settings(path)
    linode = _linode_settings(path, settings[SECTION])
    return Stack(
        name=name,
        linode=linode,
        copies=copy_places(settings, linode.domains[0]),
        copy_bucket=_bucket(settings, BUCKET_SUFFIX),
        wheels=_bucket(settings, WHEEL_BUCKET_SUFFIX),
        decisions=_decisions(settings),
        project=str(settings.get("gcp:project") or ""),
        firestore_emulator=str((settings.get("ekklesia:emulators") or {}).get("firestore") or ""),
        users=_users(settings),
        key_folder=key_folder if key_folder.is_dir() else None,
        sudo_password=sudo_password if sudo_password.is_file() else None,
        identity=identity if identity.is_file() else None,
    )


def _stack_path(name: str, root: Path) -> Path:
    candidates = [folder / f"Pulumi.{name}.yaml" for folder in (root, root / ".local" / "stacks")]
    for path in candidates:
        if path.exists():
            return path
    raise DeployError(f"no stack {name!r}: there is neither {' nor '.join(map(str, candidates))}")


def _settings(path: Path) -> dict[str, Any]:
    try:
        settings = yaml.safe_load(path.read_text())["config"]
        settings[SECTION]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise DeployError(f"{path}: no section {SECTION} under `config`") from error
    return dict(settings)


def _linode_settings(path: Path, section: Any) -> LinodeSettings:
    try:
        return LinodeSettings.model_validate(section)
    except ValidationError as error:
        raise DeployError(f"{path}: {explain(error, key_in_section)}") from error


def _bucket(settings: dict[str, Any], suffix: str) -> Bucket | None:
    """The project's bucket with that end of its name; None if the file names no project.

    The other settings belong to the program in `infra/`, which checks them.
    """
    project, apis = settings.get("gcp:project"), settings.get("ekklesia:googleApis")
    if not project or not isinstance(apis, dict) or "storage" not in apis:
        return None
    return Bucket(
        storage_url=str(apis["storage"]),
        name=f"{project}{suffix}",
        access_token=apis.get("accessToken"),
    )


def _decisions(settings: dict[str, Any]) -> DecisionSettings | None:
    apis = settings.get("ekklesia:googleApis")
    if not isinstance(apis, dict) or "functions" not in apis or "iamCredentials" not in apis:
        return None
    return DecisionSettings(
        operators=settings.get("ekklesia:operators") or {},
        functions=str(apis["functions"]),
        iam_credentials=str(apis["iamCredentials"]),
        access_token=apis.get("accessToken"),
    )


def _users(settings: dict[str, Any]) -> Users | None:
    """An emulator answers at Google's address, as a path of its own."""
    project, apis = settings.get("gcp:project"), settings.get("ekklesia:googleApis") or {}
    if not project:
        return None
    emulator = (settings.get("ekklesia:emulators") or {}).get("auth")
    address = f"{emulator}/identitytoolkit.googleapis.com" if emulator else IDENTITY_TOOLKIT
    return Users(project=str(project), identity_toolkit=address, access_token=apis.get("accessToken"))
