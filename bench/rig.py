"""The parts that a measurement runs on: PostgreSQL, the host's Django, the Firestore emulator, and a proxy
between them and the sync that makes them as distant as they are in production.

Everything listens on 127.0.0.1, on free ports, and ends with the `with` block.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from local.services import emulator_tools
from local.toolchain import toxiproxy
from tests.linode.django_server import DjangoServer, running_django
from tests.linode.postgres import Postgres, free_port, running_postgres
from tests.linode.tables import EMPTY

START_SECONDS = 60
DATABASE = "site"
OPTIMIZED: tuple[str, ...] = ()
"""Java's own defaults: the ceiling is to be as high as the emulator gets."""
BARE, DISTANT = "bare", "distant"
ROUND_TRIP_MILLISECONDS = 20
EMPTY_SECONDS = 120


@dataclass(frozen=True)
class Rig:
    """The addresses of the parts, as the sync gets them in one setting."""

    setting: str
    postgres: Postgres
    django: DjangoServer
    django_url: str
    firestore: str
    """HOST:PORT of the emulator, as near as the setting has it."""
    emulator: str
    """The same, without a proxy between."""
    project: str

    def with_project(self, name: str) -> Rig:
        """The same parts with a Firestore database of its own."""
        return replace(self, project=f"demo-bench-{self.setting}-{name}")

    def sql(self, statement: str) -> str:
        """Run one statement in the site's database; its rows, `|` between columns."""
        return self.postgres.query(DATABASE, statement)

    def empty(self) -> None:
        """Forget all members, on both sides."""
        self.sql(EMPTY)
        self.forget_documents()

    def forget_documents(self) -> None:
        """Empty the emulator's database."""
        documents = f"projects/{self.project}/databases/(default)/documents"
        address = f"http://{self.emulator}/emulator/v1/{documents}"
        httpx.delete(address, timeout=EMPTY_SECONDS).raise_for_status()


@contextmanager
def running_rigs() -> Iterator[dict[str, Rig]]:
    """Fresh, empty parts, as each setting sees them. Both settings share them, so they warm up once."""
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        django = stack.enter_context(running_django(postgres.create_database(DATABASE)))
        emulator = stack.enter_context(running_emulator(java_options=OPTIMIZED))
        proxy = stack.enter_context(running_proxy())
        bare = Rig(BARE, postgres, django, django.base_url, emulator, emulator, "demo-bench")
        near = urlsplit(django.base_url)
        far = replace(
            bare,
            setting=DISTANT,
            django_url=f"http://{_distant(proxy, 'django', near.netloc)}{near.path}",
            firestore=_distant(proxy, "firestore", emulator),
        )
        yield {BARE: bare, DISTANT: far}


@contextmanager
def running_emulator(
    *options: str, java_options: Sequence[str] = emulator_tools.SHORT_LIVED
) -> Iterator[str]:
    """Google's Firestore emulator, with `options` of its own; HOST:PORT."""
    address = f"127.0.0.1:{(port := free_port())}"
    command = emulator_tools.firestore_command(
        "--host=127.0.0.1", f"--port={port}", *options, java_options=java_options
    )
    with _running(command, f"http://{address}"):
        yield address


@contextmanager
def running_proxy() -> Iterator[str]:
    """A toxiproxy server without proxies; the address of its own API."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    with _running([toxiproxy.program(), "-host", "127.0.0.1", "-port", str(port)], f"{url}/version"):
        yield url


def _distant(proxy: str, name: str, upstream: str) -> str:
    """An address that leads to `upstream`, with half of the delay each way."""
    listen = f"127.0.0.1:{free_port()}"
    answer = httpx.post(f"{proxy}/proxies", json={"name": name, "listen": listen, "upstream": upstream})
    answer.raise_for_status()
    for stream in ("upstream", "downstream"):
        toxic = {"type": "latency", "stream": stream, "attributes": {"latency": ROUND_TRIP_MILLISECONDS // 2}}
        httpx.post(f"{proxy}/proxies/{name}/toxics", json=toxic).raise_for_status()
    return listen


@contextmanager
def _running(command: list[str], url: str) -> Iterator[None]:
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(url, process, Path(log.name))
            yield
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not start: {log.read_text(errors='replace')[-500:]}")
