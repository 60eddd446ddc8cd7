"""Each clone has a cache of its own for mypy, and a new clone does not begin with an empty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.cached_mypy import MypyCache


@pytest.fixture
def clones(tmp_path: Path) -> tuple[MypyCache, MypyCache]:
    """Two clones of one user, with the same libraries."""
    lock_file = tmp_path / "uv.lock"
    lock_file.write_text("pulumi 1")
    kept = tmp_path / "kept"
    first, second = (MypyCache(tmp_path / name, kept, lock_file) for name in ("first", "second"))
    return first, second


def check(cache: MypyCache, learned: str) -> None:
    """A run of mypy that ends well."""
    cache.prepare()
    cache.own.mkdir(exist_ok=True)
    (cache.own / learned).touch()
    cache.keep()


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if len(path.name) < 64}


def test_a_new_clone_starts_with_what_the_first_one_learned(clones: tuple[MypyCache, MypyCache]) -> None:
    first, second = clones
    check(first, "pulumi")
    check(second, "fabric")
    assert files(second.own) == {"pulumi", "fabric"}


def test_no_clone_writes_into_the_cache_of_another(clones: tuple[MypyCache, MypyCache]) -> None:
    first, second = clones
    check(first, "pulumi")
    check(second, "fabric")
    assert files(first.own) == files(first.kept) == {"pulumi"}


def test_other_libraries_replace_what_is_kept(clones: tuple[MypyCache, MypyCache]) -> None:
    first, _ = clones
    check(first, "old")
    first.lock_file.write_text("pulumi 2")
    check(first, "new")
    assert files(first.kept) == {"old", "new"}
    assert len(list(first.kept.iterdir())) == 3
