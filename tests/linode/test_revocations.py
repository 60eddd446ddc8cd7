"""A backup of PostgreSQL restored in the live database's place, by PostgreSQL's and the host's own commands."""

from __future__ import annotations

import subprocess

import pytest

from tests.linode.postgres import USER, Postgres
from tests.linode.runtimes import CURRENT
from tests.linode.test_backend_suite import run

ACCOUNTS = """
from django.contrib.auth import get_user_model
from membership.models import Comrade
make = get_user_model().objects.create_superuser
make("gudrun", "g@example.is", "wrung-camel-basil-42")
make("jon", "j@example.is", "wrung-camel-basil-42")
Comrade.objects.create(ssn="0101303019", name="Gervimaður Afríka")
"""
AFTERWARDS = """
from django.contrib.auth import get_user_model
from membership.models import Comrade
jon = get_user_model().objects.get(username="jon")
jon.is_active = jon.is_superuser = False
jon.set_password("violet-anchor-spoon-17")
jon.save()
Comrade.objects.update(reachable=False)
"""
STATE = """
SELECT is_active, is_superuser, password LIKE '!%' FROM auth_user WHERE username = 'jon'
UNION ALL SELECT is_active, is_superuser, password LIKE '!%' FROM auth_user WHERE username = 'gudrun'
UNION ALL SELECT reachable, NULL, NULL FROM membership_comrade
"""
"""Of Jón, of Guðrún and of the member."""
LAST_CHANGE = "SELECT fields_changed::text FROM membership_membersyncqueue ORDER BY id DESC LIMIT 1"


@pytest.fixture(scope="module")
def restored(postgres: Postgres) -> tuple[str, str]:
    """The URLs of a live database, and of a backup of it from before something was taken away."""
    CURRENT.build()
    live, copy = postgres.create_database("live"), postgres.create_database("restored")
    done(live, "migrate", "--noinput")
    done(live, "shell", "-c", ACCOUNTS)
    dump = [str(postgres.programs / "pg_dump"), *at(postgres), "-Fc", "live"]
    archive = subprocess.run(dump, capture_output=True, check=True).stdout
    restore = [str(postgres.programs / "pg_restore"), *at(postgres), "--exit-on-error", "-d", "restored"]
    subprocess.run(restore, input=archive, check=True)
    done(live, "shell", "-c", AFTERWARDS)
    return live, copy


def done(database: str, *words: str, content: str = "") -> str:
    answer = run(CURRENT, database, *words, content=content)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def rows(postgres: Postgres, query: str) -> list[str]:
    """Of the restored database."""
    command = [str(postgres.programs / "psql"), "-XqAt", *at(postgres), "-d", "restored", "-c", query]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def at(postgres: Postgres) -> list[str]:
    return ["-h", "127.0.0.1", "-p", str(postgres.port), "-U", USER]


def test_a_restored_database_brings_no_account_password_or_consent_back(
    postgres: Postgres, restored: tuple[str, str]
) -> None:
    live, copy = restored
    assert rows(postgres, STATE) == ["t|t|f", "t|t|f", "t||"]

    told = done(copy, "revoke_again", content=done(live, "standing_rights"))

    assert told.splitlines() == [
        "jon: no longer is_active, no longer is_superuser, "
        "the password was changed since: it needs a new one",
        "1 members want no letters",
        "everybody logs in anew",
    ]
    assert rows(postgres, STATE) == ["f|f|t", "t|t|f", "f||"]
    # The trigger has marked the member, so the sync's next run tells Firestore.
    assert "reachable" in rows(postgres, LAST_CHANGE)[0]
