"""The files of the site: its bundle, the page that names it, the other public files, the configuration."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.release.bundle import Bundle
from portal.release.errors import ReleaseError
from portal.release.settings import PortalConfiguration

CONFIGURATION = "/config.json"
PAGE = "/index.html"
BUNDLED_FOLDERS = ("/js/", "/css/")
"""Sources that only the bundle holds on the site."""


@dataclass(frozen=True)
class HostedFile:
    """A file as Firebase Hosting keeps it: gzipped, and known by the SHA-256 of the gzipped bytes."""

    content: bytes
    sha256: str

    @classmethod
    def of(cls, plain: bytes) -> HostedFile:
        """Compress without a time stamp, so that the same bytes always make the same file."""
        content = gzip.compress(plain, compresslevel=9, mtime=0)
        return cls(content, hashlib.sha256(content).hexdigest())


def site_files(portal: Path, bundle: Bundle, configuration: PortalConfiguration) -> dict[str, HostedFile]:
    """All files of a release by their path on the site, in order. `portal` is the folder `portal/`."""
    public = _public_files(portal / "public")
    plain = {
        **{path: content for path, content in public.items() if not path.startswith(BUNDLED_FOLDERS)},
        **bundle.hosted,
        PAGE: bundle.page(public[PAGE].decode()).encode(),
        CONFIGURATION: configuration.model_dump_json(by_alias=True, indent=2).encode(),
    }
    return {path: HostedFile.of(plain[path]) for path in sorted(plain)}


def _public_files(public: Path) -> Mapping[str, bytes]:
    files = {
        f"/{path.relative_to(public).as_posix()}": path.read_bytes()
        for path in public.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(public).parts)
    }
    if PAGE not in files:
        raise ReleaseError(f"{public} holds no index.html: there is no portal to release")
    return files
