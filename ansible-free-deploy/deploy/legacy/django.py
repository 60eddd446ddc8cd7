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
from collections.abc import Sequence
from pathlib import Path

from deploy.legacy import wheel
from deploy.legacy.changes import CHANGES, REVISION
from deploy.legacy.debian_package import PLACES, Package, files

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


def wheel_file(cache: Path = CACHE, places: Sequence[str] = PLACES) -> Path:
    """The wheel in the cache, made if it is not there. Raises DeployError if Debian's packages cannot be had.

    A wheel whose checksum is not the pinned one is refused by pip, so it is not checked here once more.
    """
    path = cache / DISTRIBUTION.file_name
    if not path.exists():
        content = make(DJANGO.fetch(places), JQUERY.fetch(places))
        cache.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(path)
    return path


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
