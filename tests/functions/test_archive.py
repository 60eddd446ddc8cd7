"""The folder that is deployed: only what runs, importable by itself, at the versions that were tested."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from infra.cloud_function import RUNTIME
from local.function_runtime import python_environments

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
# Modules whose distribution has another name.
DISTRIBUTIONS = {
    "google.api_core": "google-api-core",
    "google.cloud": "google-cloud-firestore",
    "google.events": "google-events",
    "google.protobuf": "protobuf",
    "grpc": "grpcio",
    "flask_cors": "flask-cors",
    "pydantic_settings": "pydantic-settings",
    "functions_framework": "functions-framework",
    "firebase_admin": "firebase-admin",
    "firebase_functions": "firebase-functions",
}


def requirements() -> dict[str, str]:
    text = (FUNCTIONS / "requirements.txt").read_text()
    return {found["name"].lower(): found["version"] for found in PINNED.finditer(text)}


def imported() -> set[str]:
    """Top-level modules that the functions import from elsewhere; two levels of Google's namespace."""
    names: set[str] = set()
    for path in FUNCTIONS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
    own = {path.stem for path in FUNCTIONS.iterdir()}
    tops = {".".join(name.split(".")[: 2 if name.startswith("google.") else 1]) for name in names}
    return {top for top in tops if top not in own and top not in sys.stdlib_module_names}


def test_every_version_is_the_one_that_was_tested() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    versions = {package["name"]: package.get("version") for package in locked}

    pinned = requirements()
    assert pinned
    assert pinned == {name: versions.get(name) for name in pinned}


def test_every_requirement_is_pinned_with_a_hash() -> None:
    text = (FUNCTIONS / "requirements.txt").read_text()
    blocks = [block for block in re.split(r"\n(?=\S)", text) if block and not block.startswith("#")]

    assert len(blocks) == len(requirements())
    assert all("--hash=sha256:" in block for block in blocks)


def test_everything_imported_is_required() -> None:
    wanted = {DISTRIBUTIONS.get(name, name) for name in imported()}

    assert wanted - requirements().keys() == set()


def test_only_what_runs_is_in_the_folder() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "functions"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    listed = [name for name in listed if not Path(name).name.startswith(".")]  # never part of the archive

    allowed = {"functions/requirements.txt", "functions/sync/field_map.json"}
    assert [name for name in listed if not name.endswith(".py") and name not in allowed] == []
    assert [name for name in listed if "test" in name] == []


def test_each_module_can_be_imported_from_the_archive_alone() -> None:
    modules = [
        ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts).removesuffix(".__init__")
        for path in FUNCTIONS.rglob("*.py")
    ]
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"

    done = subprocess.run(
        [sys.executable, "-c", program, *sorted(modules)],
        cwd=FUNCTIONS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_entry_points_loads_no_client() -> None:
    """In the functions' own environment: a client that only tests use changes what the framework imports."""
    program = "import main, sys; print(*sys.modules)"
    environment = python_environments.prepare(FUNCTIONS / "requirements.txt", RUNTIME)

    done = subprocess.run(
        [environment / "bin" / "python", "-c", program],
        cwd=FUNCTIONS,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"google.cloud.firestore", "firebase_admin", "firebase_functions", "grpc", "requests", "joserfc"}
    assert heavy.intersection(done.stdout.split()) == set()


def test_the_sync_can_be_imported_from_the_repository_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import functions.sync.service, functions.sync.django_client"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "functions"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
