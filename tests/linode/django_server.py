"""The host's Django, served by gunicorn over plain HTTP against a given database, for tests of its callers.

with running_postgres() as postgres, running_django(postgres.create_database("site")) as site:
    requests.get(site.base_url + "/healthz/")
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.linode.postgres import free_port
from tests.linode.runtimes import CURRENT, ROOT, Runtime

BACKEND = ROOT / "linode" / "backend"
START_SECONDS = 60
SETTINGS = "ekklesia.tests.settings"
FUNCTIONS = tuple(json.loads((BACKEND / "api_access" / "routes.json").read_text())["functions"])
"""Those that call the API. (The benchmark uses this module too, and knows nothing of the deploys.)"""


def digest_of(token: str) -> str:
    """What Django keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class DjangoServer:
    """A served site: where it answers, the tokens that its API takes, and its runtime and environment."""

    database_url: str
    runtime: Runtime = CURRENT
    extra_environment: Mapping[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(
        default_factory=lambda: {function: secrets.token_hex(20) for function in FUNCTIONS}
    )
    """By function that calls the API."""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    backend: Path = BACKEND
    """The site's folder: the repository's, or a copy that a test has changed."""

    @property
    def base_url(self) -> str:
        """What the functions know as DJANGO_API_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/felagar"

    @property
    def token(self) -> str:
        """That of bidirectional_sync."""
        return self.tokens["bidirectional_sync"]

    @property
    def headers(self) -> dict[str, str]:
        """The header that authenticates a call of the API."""
        return {"Authorization": f"Token {self.token}"}

    def environment(self) -> dict[str, str]:
        """The process environment of the site."""
        own = {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": self.database_url,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return {**os.environ, **own, **self.extra_environment}

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        """Run one management command to its end and return what it printed. Raises CalledProcessError."""
        command = [str(self.runtime.executable), "manage.py", *arguments]
        answer = subprocess.run(
            command,
            cwd=self.backend,
            env=self.environment(),
            input=stdin,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        )
        return answer.stdout

    def headers_of_staff(self) -> dict[str, str]:
        """The header of a person who may read and edit members."""
        token, user = secrets.token_urlsafe(32), f"staff-{secrets.token_hex(3)}"
        self.manage("createsuperuser", "--noinput", f"--username={user}", "--email=staff@example.is")
        options = (f"--user={user}", "--name=test", "--scopes=members.read,members.write")
        self.manage("api_tokens", "add", *options, stdin=digest_of(token))
        return {"Authorization": f"Token {token}"}

    def start(self, workers: int = 2) -> None:
        """Migrate, make the API's token, serve, and wait until the health check answers 200."""
        self.runtime.build()
        self.manage("migrate", "--verbosity", "0")
        digests = {function: digest_of(token) for function, token in self.tokens.items()}
        self.manage("ensure_api_token", "--file=-", stdin=json.dumps(digests))
        gunicorn = [
            str(self.runtime.executable),
            "-m",
            "gunicorn",
            "ekklesia.wsgi",
            "--workers",
            str(workers),
        ]
        gunicorn += ["--bind", f"127.0.0.1:{self.port}", "--log-level", "warning", "--graceful-timeout", "2"]
        gunicorn += ["--worker-class", "gthread", "--threads", "4"]
        self.process = subprocess.Popen(gunicorn, cwd=self.backend, env=self.environment())
        self._wait_until_healthy()

    def stop(self) -> None:
        """End the server and wait for it."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=START_SECONDS)
            self.process = None

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                raise RuntimeError(f"gunicorn ended with status {self.process.returncode}")
            try:
                with urllib.request.urlopen(f"{self.base_url}/healthz/", timeout=5):  # noqa: S310
                    return
            except OSError:  # also an answer that takes too long
                time.sleep(0.1)
        raise TimeoutError(f"the site did not become healthy within {START_SECONDS} s")


@contextmanager
def running_django(
    database_url: str,
    runtime: Runtime = CURRENT,
    environment: Mapping[str, str] | None = None,
    backend: Path = BACKEND,
) -> Iterator[DjangoServer]:
    """A migrated, served site for the length of a `with` block; `environment` adds to or replaces its own."""
    server = DjangoServer(database_url, runtime, environment or {}, backend=backend)
    try:
        server.start()
        yield server
    finally:
        server.stop()
