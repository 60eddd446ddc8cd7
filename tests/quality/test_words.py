"""The project's words: terms that the glossary replaced do not come back, and commit subjects are short."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.quality.conftest import ROOT

SUBJECT_LENGTH = 72
"""Characters; lists of commits cut longer subjects off."""
REPLACED = {
    ("deed",): "operation, or its kind: edit, write, step",
    ("deeds",): "operations",
    ("closed", "sign"): "maintenance page",
    ("former",): "previous",
    ("reaching",): "operator tasks",
    ("door",): "proxy, port or log-in, whichever is meant",
    ("doors",): "proxies, ports or log-ins",
    ("courier",): "event receiver",
    ("obituary",): "last lines of a log",
}
"""Words of a replaced term → what to write instead (docs/glossary.md)."""
HOSTS = "hosts keep units and a folder of that name"
SETTING = "the setting's earlier name is refused with the new one"
WORLDS = "worlds of version 0.1.0 have a program and a file of that name"
ALLOWED = {
    "tests/quality/test_words.py": "names the terms",
    "CHANGELOG.md": "tells of the earlier names",
    "ansible-free-deploy/deploy/remote/layout.py": HOSTS,
    "docs/adr/0015-adopting-a-hand-built-host.md": HOSTS,
    "docs/adr/0027-the-deploys-rooms.md": HOSTS,
    "docs/production.md": HOSTS,
    "tests/previous_site/test_handover.py": HOSTS,
    "ansible-free-deploy/deploy/remote/linode_settings.py": SETTING,
    "tests/fabric/test_stack_file.py": SETTING,
    "tests/infra/test_linode_settings.py": SETTING,
    "local/services/programs.py": WORLDS,
    "local/services/proxy_ports.py": WORLDS,
    "tests/services/test_firestore_proxies.py": WORLDS,
}
"""File → why replaced terms may stand in it."""
UNWRITTEN = re.compile(r"\.(lock|sum|svg|png)$|package-lock\.json$|requirements[^/]*(/[^/]*)?\.txt$")
"""Files that programs write: versions, hashes, drawings."""
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def replaced_terms(text: str) -> set[str]:
    """The replaced terms in a text, also those within a name such as `closed_sign` or `isDoorOpen`."""
    words = [word.lower() for word in WORD.findall(text)]
    terms = {(word,) for word in words} | set(pairwise(words))
    return {" ".join(term) for term in terms & REPLACED.keys()}


@pytest.mark.parametrize("text", ["a deed", "DEEDS", "closed_sign", "the closed sign", "isDoorOpen"])
def test_a_replaced_term_is_found(text: str) -> None:
    assert replaced_terms(text)


@pytest.mark.parametrize("text", ["indeed", "outdoors", "information", "a closed issue, a sign", "performer"])
def test_a_word_that_only_looks_like_one_is_not(text: str) -> None:
    assert not replaced_terms(text)


def test_no_replaced_term_comes_back(tracked: Callable[..., list[Path]]) -> None:
    names = (path.relative_to(ROOT).as_posix() for path in tracked() if path.is_file())
    written = [name for name in names if name not in ALLOWED and not UNWRITTEN.search(name)]
    found = [
        f"{name}: {term} (write: {REPLACED[tuple(term.split())]})"
        for name in written
        for term in sorted(replaced_terms(f"{name}\n{(ROOT / name).read_text()}"))
    ]
    assert found == []


def test_every_file_that_may_have_one_still_has_one() -> None:
    assert [name for name in ALLOWED if not replaced_terms((ROOT / name).read_text())] == []


def test_subjects_of_commits_are_short() -> None:
    """Of those that can still be changed: commits that the upstream does not have; without one, the last."""
    upstream = _git("rev-parse", "--verify", "--quiet", "@{upstream}")
    commits = ["@{upstream}..HEAD"] if upstream.returncode == 0 else ["-1"]
    log = _git("log", "--no-merges", "--format=%s", *commits)
    if log.returncode != 0:
        pytest.skip("there is no history here")
    assert [subject for subject in log.stdout.splitlines() if len(subject) > SUBJECT_LENGTH] == []


def _git(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
