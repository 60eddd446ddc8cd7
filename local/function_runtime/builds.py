"""Does what Cloud Build does for a function: unpacks its archive and refuses one that cannot run."""

from __future__ import annotations

import ast
import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from local.function_runtime import python_environments
from local.function_runtime.revisions import Built
from local.resource_store import ResourceStore
from local.services.buckets import object_path
from local.services.enabled_apis import project_number
from local.services.google_errors import GoogleError, invalid, not_found
from local.services.iam import GET_OBJECT, Policies, bucket_name, bucket_target
from local.services.stored_objects import OBJECTS, generation_of
from local.whole_file import whole_folder
from local.world import World

BuildConfig = Mapping[str, Any]
"""Cloud Functions' BuildConfig."""
ENTRY_FILE = "main.py"
UPLOADS = "gcf-v2-uploads-"
"""How the buckets begin to which clients upload sources; Cloud Functions reads them itself."""
UPLOAD = "artifactregistry.repositories.uploadArtifacts"
WRITE_LOGS = "logging.logEntries.create"


def build(world: World, config: BuildConfig, signature: str) -> Built:
    """Build a function's source. `signature`: `http` or `cloudevent`. Raises GoogleError."""
    source = unpack(world, config)
    environment = python_environments.prepare(source / "requirements.txt", config["runtime"])
    variables = {"FUNCTION_TARGET": config["entryPoint"], "FUNCTION_SIGNATURE_TYPE": signature}
    return Built(source, environment, variables)


def unpack(world: World, config: BuildConfig) -> Path:
    """The folder with the function's source. Functions of one archive share it, and nobody writes to it."""
    store = ResourceStore(world)
    require_builder(store, world, config)
    source = config["source"]["storageSource"]
    path = object_path(world, source["bucket"], source["object"])
    known = store.get(OBJECTS, f"b/{source['bucket']}/o/{source['object']}")
    wanted = source.get("generation")
    if known is None or not path.exists():
        raise not_found(f"gs://{source['bucket']}/{source['object']}")
    if wanted and wanted != generation_of(path):
        raise not_found(f"gs://{source['bucket']}/{source['object']}#{wanted}")
    folder = world.state / "functions" / "sources" / hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    _extract(path, folder)
    _require_entry_point(folder, str(config["entryPoint"]))
    return folder


def default_repository(world: World) -> str:
    """Where Cloud Functions keeps images unless it is told another repository."""
    return f"projects/{world.project}/locations/{world.region}/repositories/gcf-artifacts"


def require_builder(store: ResourceStore, world: World, config: BuildConfig) -> None:
    """Raise GoogleError 403 unless the builder may read the source, and write the image and its log."""
    account = config.get("serviceAccount")
    if not account:
        return
    email = str(account).rsplit("/", 1)[-1]
    policies, member = Policies(store), f"serviceAccount:{email}"
    _require_source(world, config, policies, email)
    project = f"projects/{world.project}"
    repository = str(config.get("dockerRepository") or default_repository(world))
    for permission, target in ((UPLOAD, repository), (WRITE_LOGS, project)):
        if not policies.may([member], permission, target):
            raise GoogleError(403, f"{email} does not have {permission} on {target}.")


def _require_source(world: World, config: BuildConfig, policies: Policies, email: str) -> None:
    """Cloud Functions copies the source to a bucket that it makes, from which the account reads it."""
    source = config["source"]["storageSource"]
    copy, given = f"gcf-v2-sources-{project_number(world.project)}-{world.region}", str(source["bucket"])
    for bucket in (copy, *([] if given.startswith(UPLOADS) else [given])):
        name = bucket_name(bucket, source["object"])
        target = bucket_target(world.project, bucket)
        if not policies.may([f"serviceAccount:{email}"], GET_OBJECT, target, name):
            raise GoogleError(403, f"{email} does not have {GET_OBJECT} access to the object {name}.")


def _extract(path: Path, folder: Path) -> None:
    """Unpack into a folder that is named by the content. Two functions may do so at once."""
    if folder.exists():
        return
    try:
        with zipfile.ZipFile(path) as packed, whole_folder(folder) as made:
            for name in packed.namelist():
                _require_inside(name)
            packed.extractall(made)
    except zipfile.BadZipFile as error:
        raise invalid(f"the source archive cannot be read: {error}") from error


def _require_inside(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise invalid(f"the source archive has a member outside itself: {name}")


def _require_entry_point(folder: Path, entry_point: str) -> None:
    """A function of that name must be defined or imported in main.py, as Google's build demands."""
    main = folder / ENTRY_FILE
    if not main.exists():
        raise invalid(f"missing {ENTRY_FILE}")
    try:
        parsed = ast.parse(main.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise invalid(f"{ENTRY_FILE} is not Python: {error}") from error
    if entry_point not in set(_names_of(parsed)):
        raise invalid(f"{ENTRY_FILE} has no function {entry_point!r}")


def _names_of(module: ast.Module) -> Iterator[str]:
    """The names that a module defines or imports."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
