"""Programs of this project find the toolchain, wherever it was installed."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Thread

from local.environment import OWN_UV, search_path
from local.exclusive import exclusively
from local.world import CACHE, ROOT


def test_a_uv_that_had_to_be_installed_is_found_but_does_not_hide_the_users_own() -> None:
    folders = search_path("/home/anna/bin").split(":")
    assert folders.index("/home/anna/bin") < folders.index(str(OWN_UV))


def test_the_shell_script_installs_uv_where_it_is_looked_for() -> None:
    script = (ROOT / "local" / "toolchain" / "python_environment.sh").read_text()
    cache = re.search(r'^cache="\$HOME/(.*)"$', script, flags=re.MULTILINE)
    assert cache
    assert Path.home() / cache[1] == CACHE
    assert f'"$cache/{OWN_UV.parent.relative_to(CACHE)}"' in script


def test_what_one_holds_another_waits_for(tmp_path: Path) -> None:
    """Linux ties such a lock to an open file, not to a process, so two threads can stand for two runs."""
    order: list[str] = []

    def second() -> None:
        with exclusively(tmp_path / "new" / "lock"):
            order.append("second")

    with exclusively(tmp_path / "new" / "lock"):
        waiting = Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]
