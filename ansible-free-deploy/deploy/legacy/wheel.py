"""Packs files as a wheel of pure Python: the same bytes for the same files, wherever and whenever made.

The format is that of https://packaging.python.org/en/latest/specifications/binary-distribution-format/.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip archive can say."""
WHEEL = "Wheel-Version: 1.0\nGenerator: ekklesia\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class Distribution:
    """What the wheel says of itself."""

    name: str
    version: str
    requires: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """How pip finds it."""
        return f"{self.name}-{self.version}-py3-none-any.whl"

    @property
    def metadata(self) -> str:
        """METADATA, as far as pip asks for it."""
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        return "\n".join([*lines, *(f"Requires-Dist: {requirement}" for requirement in self.requires), ""])


def pack(distribution: Distribution, files: Mapping[str, bytes]) -> bytes:
    """The wheel; `files` by their paths below site-packages."""
    about = f"{distribution.name}-{distribution.version}.dist-info"
    members = dict(sorted(files.items()))
    members[f"{about}/METADATA"] = distribution.metadata.encode()
    members[f"{about}/WHEEL"] = WHEEL.encode()
    record = f"{about}/RECORD"
    lines = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in members.items()]
    members[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in members.items():
            entry = zipfile.ZipInfo(path, MOMENT)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
