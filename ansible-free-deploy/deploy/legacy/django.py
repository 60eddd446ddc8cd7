"""Django 2.2 with Debian's security fixes, as a wheel for Python 3.6.

Django ended 2.2 in 2022; Debian's security team carries the fixes of most advisories since. `changes.py` says
what is changed in Debian's package. jQuery is a package of its own at Debian, to which Django's only links.
Nothing of either is kept in this repository: the wheel is made on first use and kept in the cache, and
requirements/legacy.txt pins its checksum.

A newer package: put its path and checksum here, and let `uv run python -m deploy.legacy` (in
ansible-free-deploy/) say the checksum of its wheel for requirements/legacy.txt.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.legacy import bucket, wheel
from deploy.legacy.changes import CHANGES, REVISION
from deploy.legacy.debian_package import PLACES, Package, files
from deploy.remote.stack_file import ROOT, Bucket

UPSTREAM, UPDATE = "2.2.28", "deb11u13"
DJANGO = Package(
    path=f"pool/updates/main/p/python-django/python3-django_{UPSTREAM}-1~{UPDATE}_all.deb",
    sha256="59db1651ed32e43d45182cfb68178b46d334920bb852356fee0cae6849a23bc7",
)
JQUERY = Package(
    path="pool/main/n/node-jquery/libjs-jquery_3.5.1+dfsg+~3.5.5-7_all.deb",
    sha256="b57b83ab5a3b1f055860bdf86f9316124f1da3c75fbba5dabbcb3cd3707c95ed",
)
DISTRIBUTION = wheel.Distribution(
    "Django", f"{UPSTREAM}+{UPDATE}.{REVISION}", requires=("pytz", "sqlparse (>=0.2.2)")
)
CACHE = Path.home() / ".cache" / "ekklesia" / "wheels"


REQUIREMENTS = ROOT / "linode" / "requirements" / "legacy.txt"
PIN = re.compile(r"^django==\S+ \\\n +--hash=sha256:([0-9a-f]{64})$", re.MULTILINE)


def pinned(requirements: Path = REQUIREMENTS) -> str:
    """The wheel's checksum, as the requirements pin it."""
    [checksum_] = PIN.findall(requirements.read_text())
    return str(checksum_)


def wheel_file(
    cache: Path = CACHE,
    places: Sequence[str] = PLACES,
    shared: Bucket | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> Path:
    """The wheel in the cache; if it is not there, from the project's bucket, else made of Debian's packages.

    Only content with the pinned checksum is taken from the bucket. What was made is put there. `tell` is told
    if the bucket could not be used, which stops nothing. Raises DeployError if nobody has Debian's packages.
    """
    path = cache / DISTRIBUTION.file_name
    if not path.exists():
        content = _from_bucket(shared, tell) if shared else None
        if content is None:
            content = make(DJANGO.fetch(places), JQUERY.fetch(places))
            _to_bucket(shared, content, tell)
        _keep(path, content)
    return path


def _from_bucket(shared: Bucket, tell: Callable[[str], None]) -> bytes | None:
    try:
        content = bucket.fetch(shared, DISTRIBUTION.file_name)
    except bucket.BucketError as error:
        tell(f"the project's bucket has no say: {error}")
        return None
    if content is None or hashlib.sha256(content).hexdigest() == pinned():
        return content
    tell(f"{shared.name}: the wheel there is not the pinned one, and is left alone")
    return None


def _to_bucket(shared: Bucket | None, content: bytes, tell: Callable[[str], None]) -> None:
    """Nothing but the pinned wheel is put there: a newer one is pinned first."""
    if shared is None or hashlib.sha256(content).hexdigest() != pinned():
        return
    try:
        bucket.add(shared, DISTRIBUTION.file_name, content)
    except bucket.BucketError as error:
        tell(f"not kept in the project's bucket: {error}")


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)


def make(django: bytes, jquery: bytes) -> bytes:
    """The wheel, of Debian's two packages."""
    tree = {
        path: content
        for path, content in files(django, "usr/lib/python3/dist-packages")
        if path.startswith("django/")
    }
    tree |= {
        f"django/contrib/admin/static/admin/js/vendor/jquery/{path}": content
        for path, content in files(jquery, "usr/share/javascript/jquery")
        if path in {"jquery.js", "jquery.min.js"}
    }
    for change in CHANGES:
        tree[change.path] = change.apply(tree[change.path])
    return wheel.pack(DISTRIBUTION, tree)


def checksum(path: Path) -> str:
    """SHA-256 of a wheel, as requirements/legacy.txt pins it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
