"""The legacy runtime's Django: fetched by its checksum, changed in one place, packed reproducibly."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from deploy.legacy import bucket, django
from deploy.legacy.changes import PYTHON_36, REST_OF_BASE64, WHITESPACE_IN_BASE64
from deploy.legacy.debian_package import Package
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Bucket

ROOT = Path(__file__).resolve().parents[2]
LINE = '    if original_fn := getattr(minidom, "_in_document", None):\n'
TWO_LINES = '    original_fn = getattr(minidom, "_in_document", None)\n    if original_fn:\n'
SERIALIZER, PARSER = PYTHON_36.path, WHITESPACE_IN_BASE64.path
LOOP = """\
    try:
        for chunk in field_stream:
            if transfer_encoding == 'base64':
                stripped_chunk = b"".join(chunk.split())

                remaining = len(stripped_chunk) % 4
                while remaining != 0:
                    over_chunk = field_stream.read(4 - remaining)
                    if not over_chunk:
                        break

                chunk = decoded(stripped_chunk)
    except SkipFile:
        pass
"""
DJANGO = {
    "usr/lib/python3/dist-packages/django/__init__.py": "VERSION = (2, 2, 28)\n",
    f"usr/lib/python3/dist-packages/{PARSER}": f"def parse():\n{LOOP}",
    f"usr/lib/python3/dist-packages/{SERIALIZER}": f"def fast():\n{LINE}        pass\n",
    "usr/bin/django-admin": "no part of the wheel\n",
}
JQUERY = {
    "usr/share/javascript/jquery/jquery.js": "long\n",
    "usr/share/javascript/jquery/jquery.min.js": "short\n",
    "usr/share/javascript/jquery/jquery.slim.js": "not linked to\n",
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """Serves the folder `mirror`; three places in it: empty, wrong, right."""
    folder = tmp_path / "mirror"
    for place, content in (("empty", None), ("wrong", b"another"), ("right", b"the package")):
        (folder / place / "pool").mkdir(parents=True)
        if content:
            (folder / place / "pool" / "x.deb").write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: Quiet(*args, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def package() -> Package:
    return Package("pool/x.deb", hashlib.sha256(b"the package").hexdigest())


def debian_package(folder: Path, name: str, files: dict[str, str]) -> bytes:
    tree = folder / name
    for path, content in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(content)
    (tree / "DEBIAN").mkdir()
    control = (
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.is>\nDescription: x\n"
    )
    (tree / "DEBIAN" / "control").write_text(control)
    target = folder / f"{name}.deb"
    subprocess.run(["dpkg-deb", "--build", str(tree), str(target)], check=True, capture_output=True)
    return target.read_bytes()


def made(folder: Path, changes: dict[str, str] | None = None) -> bytes:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    files = DJANGO | (changes or {})
    return django.make(
        debian_package(folder, "python3-django", files), debian_package(folder, "libjs-jquery", JQUERY)
    )


def test_the_first_place_with_the_right_file_is_taken(mirror: str, package: Package) -> None:
    places = [f"{mirror}/empty", f"{mirror}/wrong", f"{mirror}/right"]

    assert package.fetch(places) == b"the package"


def test_a_package_that_nobody_has_is_told_in_one_line(mirror: str, package: Package) -> None:
    with pytest.raises(DeployError) as caught:
        package.fetch([f"{mirror}/empty", f"{mirror}/wrong", "http://127.0.0.1:9"])

    told = str(caught.value)
    assert told.startswith("x.deb is nowhere to be had: ")
    assert "404" in told
    assert "another file than the wanted one" in told
    assert "ConnectError" in told
    assert "\n" not in told


def changed_parser() -> str:
    return REST_OF_BASE64.apply(WHITESPACE_IN_BASE64.apply(f"def parse():\n{LOOP}".encode())).decode()


def test_the_parser_reads_a_chunk_at_a_time() -> None:
    """Python 3.6 reads it, and no loop within the loop is left."""
    text = changed_parser()

    compile(text, PARSER, "exec")
    assert "while" not in text
    assert "rest_of_base64" in text.partition("except SkipFile")[0]


def test_the_wheel_holds_django_with_each_of_its_changes(tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(made(tmp_path / "once"))) as wheel:
        files = {name: wheel.read(name).decode() for name in wheel.namelist() if "dist-info" not in name}

    jquery = "django/contrib/admin/static/admin/js/vendor/jquery"
    assert files == {
        "django/__init__.py": "VERSION = (2, 2, 28)\n",
        SERIALIZER: f"def fast():\n{TWO_LINES}        pass\n",
        PARSER: changed_parser(),
        f"{jquery}/jquery.js": "long\n",
        f"{jquery}/jquery.min.js": "short\n",
    }


def test_the_same_packages_give_the_same_bytes(tmp_path: Path) -> None:
    assert made(tmp_path / "once") == made(tmp_path / "again")


def test_an_installer_takes_the_wheel(tmp_path: Path) -> None:
    """With the checksums of its RECORD."""
    path = tmp_path / django.DISTRIBUTION.file_name
    path.write_bytes(made(tmp_path / "once"))
    uv = shutil.which("uv") or str(Path.home() / ".cache" / "ekklesia" / "uv" / "bin" / "uv")

    subprocess.run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "into"), str(path)],
        check=True,
    )

    assert (tmp_path / "into" / "django" / "__init__.py").read_text() == "VERSION = (2, 2, 28)\n"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (SERIALIZER, "nothing to change\n"),
        (SERIALIZER, f"def fast():\n{LINE}{LINE}"),
        (PARSER, "nothing to change\n"),
        (PARSER, f"def parse():\n{LOOP}{LOOP}"),
    ],
)
def test_a_package_that_needs_another_change_is_refused(tmp_path: Path, path: str, content: str) -> None:
    with pytest.raises(DeployError, match="is not as expected"):
        made(tmp_path / "once", {f"usr/lib/python3/dist-packages/{path}": content})


def test_the_pinned_checksum_is_that_of_the_wheel_made_here(tmp_path: Path) -> None:
    pinned = re.search(
        r"^django==(\S+) \\\n +--hash=sha256:([0-9a-f]{64})$",
        (ROOT / "linode" / "requirements" / "legacy.txt").read_text(),
        re.MULTILINE,
    )
    assert pinned
    assert pinned[1] == django.DISTRIBUTION.version
    assert pinned[2] == django.checksum(django.wheel_file())


def test_nothing_but_the_pinned_wheel_is_taken_from_the_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever can write there would otherwise run their code on the host."""
    shared = Bucket(storage_url="http://127.0.0.1:9", name="wheels")
    monkeypatch.setattr(bucket, "fetch", lambda _bucket, _name: b"somebody's own")
    monkeypatch.setattr(bucket, "add", lambda *_: None)
    monkeypatch.setattr(Package, "fetch", lambda _package, _places: b"")
    monkeypatch.setattr(django, "make", lambda _django, _jquery: b"made here")
    assert django.wheel_file(tmp_path, shared=shared).read_bytes() == b"made here"
