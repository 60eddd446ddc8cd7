"""A compromise is rehearsed: everything is revoked and made anew while people edit, and no edit is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.remote.api_callers import FUNCTIONS, setting_of
from local import pulumi_stack
from local.environment import pulumi_environment
from local.host_manage import FAB
from local.linode.machine import Machine
from local.world import ROOT
from tests.figures import Tell
from tests.world.edits_under_way import Edits
from tests.world.live_world import LiveWorld

TASK = ("incident.revoke-all", "--yes", "--keep-kenni-secret", "--json")
CUT_AFTER = "secret key and database password"
SECONDS = 900
USER = "kenni:rehearsal"
SESSION = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
user = get_user_model().objects.get(username="demo")
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = user.pk, user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
session.save()
print("session", session.session_key)
"""
NUDGE = "from sync import nudge; print('nudge', nudge.send())"


@dataclass(frozen=True, repr=False)
class Loot:
    """What somebody has who was everywhere: each opens something before, and nothing afterwards."""

    tokens: dict[str, str]
    persons_token: str
    session: str
    host: str
    """Fingerprints of the host's secrets and keys."""
    login_key: str


def fab(world: LiveWorld, *arguments: str) -> subprocess.Popen[str]:
    """A task as an operator runs it, who has Pulumi at hand."""
    return subprocess.Popen(
        [FAB, *arguments],
        cwd=ROOT,
        env=os.environ | pulumi_environment() | {"FABRIC_STACK": world.name},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def manage(world: LiveWorld, program: str, word: str) -> str:
    told = world.fab("manage", "--", "shell", content=program)
    return next(line.split()[1] for line in told.splitlines() if line.startswith(word))


def fingerprints(world: LiveWorld) -> str:
    return world.shell("cd /etc/ekklesia && sha256sum host.env nudge-key.pem backup-key.pem api-tokens.json")


def tokens(world: LiveWorld) -> dict[str, str]:
    names = {function: f"ekklesia:{setting_of(function)}" for function in FUNCTIONS}
    return {
        function: pulumi_stack.pulumi("config", "get", name, "-s", world.name).strip()
        for function, name in names.items()
    }


def answer(world: LiveWorld, token: str, path: str = "sync/apply/") -> int:
    with world.django() as client:
        method = "POST" if path.endswith("apply/") else "GET"
        headers = {"Authorization": f"Token {token}"}
        return client.request(method, f"/felagar/api/{path}", headers=headers, json={}).status_code


def identity(world: LiveWorld, call: str, **body: object) -> dict[str, Any]:
    base = f"{world.world.url('auth')}/identitytoolkit.googleapis.com/v1/projects/{world.world.project}"
    headers = {"Authorization": "Bearer owner"}
    return dict(httpx.post(f"{base}/{call}", json=body, headers=headers).raise_for_status().json())


def revoked_at(world: LiveWorld) -> int:
    return int(identity(world, "accounts:lookup", localId=[USER])["users"][0].get("validSince", 0))


@pytest.fixture
def loot(world: LiveWorld, tmp_path: Path) -> Iterator[Loot]:
    path = tmp_path / "token"
    identity(world, "accounts", localId=USER)
    world.fab("tokens.issue", "--user=demo", "--scopes=status.read", "--name=rehearsal", f"--to={path}")
    key = (Machine(world.world).ssh / "id_ed25519").read_text()
    session = manage(world, SESSION, "session")
    yield Loot(tokens(world), path.read_text().strip(), session, fingerprints(world), key)
    identity(world, "accounts:delete", localId=USER)


def sessions(world: LiveWorld, session: str) -> str:
    return world.psql(f"select count(*) from django_session where session_key = '{session}'")  # noqa: S608


def cut_off(world: LiveWorld) -> None:
    """Begin, and be killed in the middle."""
    with fab(world, *TASK) as running:
        assert running.stdout
        for line in running.stdout:
            if json.loads(line)["step"] == CUT_AFTER:
                break
        running.send_signal(signal.SIGKILL)
        running.communicate()


def test_all_that_somebody_has_taken_opens_nothing_and_no_edit_is_lost(
    world: LiveWorld, loot: Loot, tmp_path: Path, tell: Tell
) -> None:
    assert {answer(world, token) for token in loot.tokens.values()} <= {400, 403}
    assert answer(world, loot.persons_token, "sync/status/") == 200
    assert sessions(world, loot.session) == "1"
    before = revoked_at(world)
    with Edits(world) as edits:
        cut_off(world)
        with fab(world, *TASK) as running:
            output, errors = running.communicate(timeout=SECONDS)
        assert running.returncode == 0, output + errors
    steps = {line["step"]: line for line in map(json.loads, output.splitlines())}
    seconds, number = steps.popitem()[1]["seconds"], len(edits.emails) + len(edits.names)
    tell(f"revoked in {seconds} s, with {number} edits meanwhile")
    assert steps[CUT_AFTER]["detail"] == "done already"
    assert all(secret not in output + errors for secret in (*tokens(world).values(), *loot.tokens.values()))

    assert {answer(world, token) for token in loot.tokens.values()} == {401}
    assert answer(world, loot.persons_token, "sync/status/") == 401
    assert sessions(world, loot.session) == "0"
    assert revoked_at(world) > before
    assert not set(loot.host.split()[::2]) & set(fingerprints(world).split()[::2])
    assert old_key_logs_in(world, loot, tmp_path) != 0

    assert {answer(world, token) for token in tokens(world).values()} <= {400, 403}
    assert manage(world, NUDGE, "nudge") == "True"
    assert len(edits.emails) > 5
    assert len(edits.names) > 5
    assert edits.missing() == {}
    assert world.fab("backup.copy") is not None


def old_key_logs_in(world: LiveWorld, loot: Loot, tmp_path: Path) -> int:
    path = tmp_path / "old-key"
    path.write_text(loot.login_key)
    path.chmod(0o600)
    known = Machine(world.world).ssh / "known_hosts"
    options = [f"-oUserKnownHostsFile={known}", "-oIdentitiesOnly=yes", "-oBatchMode=yes", f"-i{path}"]
    login = ["ssh", "-F/dev/null", *options, f"manager@{world.world.host_address}", "true"]
    return subprocess.run(login, capture_output=True, check=False).returncode
