"""Does what Cloud Build does for a function: unpacks its archive and refuses one that cannot run."""

from __future__ import annotations

import ast
import hashlib
import zipfile
from pathlib import Path, PurePosixPath

from local.provider.gcp.existing_accounts import require_account
from local.provider.gcp.google_error import GoogleError, denied, invalid, not_found
from local.provider.gcp.scope import Operation
from local.provider.resource_type import Inputs
from local.services.buckets import object_path
from local.services.iam import GET_OBJECT, Policies, bucket_name, bucket_target
from local.services.stored_objects import OBJECTS
from local.whole_file import whole_folder

ENTRY_FILE = "main.py"
DEFAULT_REPOSITORY = "gcf-artifacts"
UPLOAD = "artifactregistry.repositories.uploadArtifacts"
WRITE_LOGS = "logging.logEntries.create"


def unpack(operation: Operation, build: Inputs) -> Path:
    """The folder with the function's source. Functions of one archive share it, and nobody writes to it."""
    _require_builder(operation, build)
    source = build["source"]["storageSource"]
    path = object_path(operation.world, source["bucket"], source["object"])
    if (
        operation.store.get(OBJECTS, f"b/{source['bucket']}/o/{source['object']}") is None
        or not path.exists()
    ):
        raise not_found(f"gs://{source['bucket']}/{source['object']}")
    content = path.read_bytes()
    folder = operation.world.state / "functions" / "sources" / hashlib.sha256(content).hexdigest()[:24]
    _extract(path, folder)
    _require_entry_point(folder, str(build["entryPoint"]))
    return folder


def _require_builder(operation: Operation, build: Inputs) -> None:
    """The account that builds must exist, read the source, and write the image and its log."""
    account = build.get("serviceAccount")
    if not account:
        return
    email = str(account).rsplit("/", 1)[-1]
    require_account(operation, email)
    _require_source(operation, build, email)
    policies, member = Policies(operation.store), f"serviceAccount:{email}"
    project = f"projects/{operation.scope.project}"
    place = f"{project}/locations/{operation.scope.region}/repositories/{DEFAULT_REPOSITORY}"
    for permission, target in (
        (UPLOAD, str(build.get("dockerRepository", place))),
        (WRITE_LOGS, project),
    ):
        if not policies.may([member], permission, target):
            raise denied(f"{email} does not have {permission} on {target}.")


def _require_source(operation: Operation, build: Inputs, email: str) -> None:
    """Cloud Functions copies the source to a bucket that it makes, from which the account reads it."""
    project, source = operation.scope.project, build["source"]["storageSource"]
    copy = f"gcf-v2-sources-{operation.scope.number}-{operation.scope.region}"
    for bucket in (str(source["bucket"]), copy):
        name = bucket_name(bucket, source["object"])
        target = bucket_target(project, bucket)
        if not Policies(operation.store).may([f"serviceAccount:{email}"], GET_OBJECT, target, name):
            raise denied(f"{email} does not have {GET_OBJECT} access to the object {name}.")


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
        raise GoogleError(400, f"Build failed: missing {ENTRY_FILE}")
    names: set[str] = set()
    for node in ast.parse(main.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    if entry_point not in names:
        raise GoogleError(400, f"Build failed: {ENTRY_FILE} has no function {entry_point!r}")
