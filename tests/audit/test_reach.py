"""What `arguments.toml` says of our own code is so, and docs/legacy-runtime.md tells all of it."""

from __future__ import annotations

import ast
import re

import pytest

from local.world import ROOT
from tools.audit import arguments

BACKEND = ROOT / "linode" / "backend"
SOURCES = [path for path in BACKEND.rglob("*.py") if "tests" not in path.parts]
TEMPLATES = list(BACKEND.rglob("*.html"))
UNUSED = {
    "urlize": "CVE-2024-38875",
    "URLField": "CVE-2024-45230",
    "FilteredRelation": "CVE-2025-13372",
    "contrib.gis": "CVE-2026-15307",
    "list_editable": "CVE-2026-4292",
    "GenericInlineModelAdmin": "CVE-2026-4277",
    "CacheMiddleware": "CVE-2026-6907",
    "cache_page": "CVE-2026-8404",
    "signed_cookie": "CVE-2026-6873",
    "EMAIL_USE_TLS": "CVE-2026-7666",
    "FileField": "CVE-2026-25674",
    "ImageField": "CVE-2026-25674",
    "BrowsableAPIRenderer": "CVE-2024-21520",
    "jwt.decode": "CVE-2026-32597",
    "verify=False": "CVE-2024-35195",
    "pkcs7": "CVE-2023-49083",
    "pkcs12": "CVE-2024-26130",
    "x509": "CVE-2026-34073",
    "sqlparse": "CVE-2024-4340",
    "asgi": "CVE-2026-33034",
}
"""A word that no source of the site holds → an argument that relies on it."""


@pytest.mark.parametrize(("word", "name"), UNUSED.items(), ids=UNUSED)
def test_the_site_does_not_use_what_is_vulnerable(word: str, name: str) -> None:
    assert [path for path in [*SOURCES, *TEMPLATES] if word in path.read_text()] == []
    assert name in {known for one in arguments.load() for known in one.names}


def test_the_site_follows_no_redirect() -> None:
    calls = [
        call
        for path in SOURCES
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("requests.")
    ]
    assert calls
    assert all("allow_redirects=False" in ast.unparse(call) for call in calls)


def test_the_page_tells_every_argument_and_no_other() -> None:
    page = (ROOT / "docs" / "legacy-runtime.md").read_text()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| "))
    told = set(re.findall(r"CVE-\d+-\d+|GHSA(?:-\w{4}){3}", rows))
    assert told == {name for one in arguments.load() for name in one.names}
