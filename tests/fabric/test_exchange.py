"""The exchange of a restored database for the live one, cut short at each line, on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.backup import exchange
from deploy.remote import database, layout
from deploy.remote.errors import DeployError
from deploy.remote.steps import Steps
from tests.linode.postgres import Postgres, running_postgres

SQL = exchange.EXCHANGE.split("<<'SQL'\n")[1].splitlines()[:-1]
CUT = r"\! kill -9 $PPID"
"""What psql runs to end itself at that line."""
AFTER = "the end"
"""The databases are exchanged, and nobody has asked the host to finish it."""
DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'ekklesia%' ORDER BY 1"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def database_host(
    host: Any, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """A host with a live database and files, and restored ones beside them."""
    runuser = tmp_path_factory.mktemp("bin") / "runuser"
    runuser.write_text('#!/bin/sh\nshift 3\nexec "$@"\n')
    runuser.chmod(0o755)
    monkeypatch.setenv("PATH", f"{runuser.parent}:{os.environ['PATH']}")
    for name, value in (("HOST", "127.0.0.1"), ("PORT", str(postgres.port)), ("USER", "ekklesia")):
        monkeypatch.setenv(f"PG{name}", value)
    monkeypatch.setenv("PGDATABASE", "postgres")
    monkeypatch.setattr(exchange, "restart", lambda _: None)
    for name in postgres.query("postgres", DATABASES).split():
        postgres.query("postgres", f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        postgres.query("postgres", f"DROP DATABASE {name}")
    for name, content in ((layout.DATABASE, "old"), (exchange.SCRATCH, "new")):
        postgres.create_database(name)
        postgres.query(name, f"CREATE TABLE told AS SELECT '{content}' AS what")
    for folder, content in ((layout.MEDIA, "old"), (layout.MEDIA_RESTORED, "new")):
        Path(folder).mkdir()
        (Path(folder) / "file").write_text(content)
    return host


def live(postgres: Postgres) -> tuple[str, str]:
    """What the database and the files say that are live."""
    return postgres.query(layout.DATABASE, "SELECT what FROM told"), (Path(layout.MEDIA) / "file").read_text()


def script(*, cut: str) -> str:
    """The exchange, ended by a kill before that line."""
    text = exchange.EXCHANGE
    if cut != AFTER:
        assert text.count(cut) == 1
        text = text.replace(cut, f"{CUT}\n{cut}")
    names = {"live": layout.DATABASE, "restored": exchange.SCRATCH, "before": exchange.LIVE_BEFORE}
    return text.format(**names, psql=database.PSQL, announced=layout.EXCHANGE)


def test_what_was_restored_goes_live_and_the_other_is_kept(database_host: Any, postgres: Postgres) -> None:
    exchange.exchange(database_host)
    assert live(postgres) == ("new", "new")
    assert postgres.query(exchange.LIVE_BEFORE, "SELECT what FROM told") == "old"
    assert (Path(layout.MEDIA_BEFORE_RESTORE) / "file").read_text() == "old"
    assert not Path(layout.EXCHANGE).exists()


@pytest.mark.parametrize("cut", [*(line for line in SQL if SQL.count(line) == 1), AFTER])
def test_an_exchange_that_was_cut_short_is_finished_or_taken_back(
    database_host: Any, postgres: Postgres, cut: str
) -> None:
    """Database and files belong together, and what is live lets the site in."""
    done = database_host.run(script(cut=cut), check=False)
    assert (done.status == 0) is (cut == AFTER)
    exchange.finish_interrupted(database_host, Steps("test"))
    assert live(postgres) == (("new", "new") if cut == AFTER else ("old", "old"))
    assert not Path(layout.EXCHANGE).exists()
    if cut != AFTER:
        exchange.exchange(database_host)
        assert live(postgres) == ("new", "new")


@pytest.mark.parametrize("moved", ["nothing", "the old ones", "both"])
def test_files_that_were_half_exchanged_follow(database_host: Any, postgres: Postgres, moved: str) -> None:
    shutil.copytree(layout.MEDIA_RESTORED, layout.MEDIA_BEFORE_RESTORE)
    database_host.run(script(cut=AFTER))
    if moved != "nothing":
        shutil.rmtree(layout.MEDIA_BEFORE_RESTORE)
        Path(layout.MEDIA).rename(layout.MEDIA_BEFORE_RESTORE)
    if moved == "both":
        Path(layout.MEDIA_RESTORED).rename(layout.MEDIA)
    exchange.finish_interrupted(database_host, Steps("test"))
    assert live(postgres) == ("new", "new")
    assert (Path(layout.MEDIA_BEFORE_RESTORE) / "file").read_text() == "old"


def test_a_live_database_that_was_dropped_is_no_obstacle(database_host: Any, postgres: Postgres) -> None:
    postgres.query("postgres", f"DROP DATABASE {layout.DATABASE}")
    exchange.exchange(database_host)
    assert live(postgres) == ("new", "new")


def test_a_failure_leaves_what_was_live(database_host: Any, postgres: Postgres) -> None:
    postgres.query("postgres", f"DROP DATABASE {exchange.SCRATCH}")
    with pytest.raises(DeployError, match="there is no restored database"):
        exchange.exchange(database_host)
    assert live(postgres) == ("old", "old")


def test_a_database_that_is_down_is_a_warning_and_the_announcement_stays(
    database_host: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So a deploy can go on, and the next one tries again."""
    database_host.run(script(cut=AFTER))
    monkeypatch.setenv("PGPORT", "1")
    exchange.finish_interrupted(database_host, Steps("test"))
    assert "not yet: " in capsys.readouterr().err
    assert Path(layout.EXCHANGE).exists()


def test_nothing_that_is_no_number_is_believed(database_host: Any, postgres: Postgres) -> None:
    Path(layout.EXCHANGE).write_text("1; DROP DATABASE ekklesia")
    exchange.finish_interrupted(database_host, Steps("test"))
    assert live(postgres) == ("old", "old")
