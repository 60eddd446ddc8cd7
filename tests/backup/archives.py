"""Makes archives like the host's, with any content."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyrage
from pyrage import x25519

from deploy.backup.archive import DATABASE, MANIFEST, MEDIA

CONTENT = {DATABASE: b"PGDMP" + bytes(range(256)) * 900, MEDIA: b"uploaded files" * 9000}
ROWS = {"membership_comrade": 2174, "auth_user": 2}


def manifest(content: dict[str, bytes], **changes: Any) -> dict[str, Any]:
    members = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in content.items()
    }
    about = {
        "version": 1,
        "made": "2026-11-23T02:30:00Z",
        "reason": "daily",
        "release": "r",
        "server": "15.9",
    }
    return {**about, "rows": ROWS, "members": members, **changes}


def write_archive(path: Path, key: x25519.Identity, **changes: Any) -> Path:
    """A good archive, or one with another `manifest` or other `content` (by member)."""
    content = CONTENT | changes.get("content", {})
    told = json.dumps(changes.get("manifest", manifest(CONTENT))).encode()
    with tarfile.open(path, "w") as archive:
        for name, data in {MANIFEST: told, **content}.items():
            encrypted = pyrage.encrypt(data, [key.to_public()])
            entry = tarfile.TarInfo(f"{name}.age")
            entry.size = len(encrypted)
            archive.addfile(entry, io.BytesIO(encrypted))
    return path
