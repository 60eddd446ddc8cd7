"""What the smoke tests need: the stack whose host they check, and the site as seen from outside.

    pytest tests/smoke --hosts=ssh://provision@HOST      FABRIC_STACK says which stack (prod if it does not)

`fab smoke` does it with the right options. Nothing here or in the tests changes anything on the host.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Iterator
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack, load_stack
from tests.smoke.becoming_root import send_password

TIMEOUT_SECONDS = 15


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip all tests if no host is given: testinfra would check this machine."""
    here = Path(__file__).parent
    if not config.getoption("hosts"):
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="no --hosts=ssh://provision@HOST (see `fab smoke`)"))


class Site:
    """The site, asked from outside, always at the host's own address, for any name."""

    def __init__(self, stack: Stack) -> None:
        self.linode = stack.linode
        bundle = stack.key_folder.parent / "tls" / "ca-bundle.pem" if stack.key_folder else None
        self.tls = ssl.create_default_context(cafile=str(bundle) if bundle and bundle.exists() else None)

    def get(self, path: str, **keywords: Any) -> Answer:
        return self.request("GET", path, **keywords)

    def request(
        self, method: str, path: str, *, name: str = "", headers: dict[str, str] | None = None, body: str = ""
    ) -> Answer:
        name = name or self.linode.domains[0]
        connection = _Connection(self.linode.address, name, self.tls)
        try:
            sent = {"Host": name} | (headers or {})
            connection.request(method, path, body=body or None, headers=sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()


class Answer:
    """An HTTP answer, completely read."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.text = response.read().decode(errors="replace")

    def json(self) -> Any:
        return json.loads(self.text)


class _Connection(HTTPSConnection):
    """Connects to an address and asks for a name."""

    def __init__(self, address: str, name: str, tls: ssl.SSLContext) -> None:
        super().__init__(address, timeout=TIMEOUT_SECONDS, context=tls)
        self._name, self._tls = name, tls

    def connect(self) -> None:
        super(HTTPSConnection, self).connect()
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._name)


@pytest.fixture(scope="session")
def stack() -> Stack:
    return load_stack(os.environ.get("FABRIC_STACK", "prod"))


@pytest.fixture(scope="session", autouse=True)
def _sudo_gets_its_password(stack: Stack) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if stack.linode.provision_by == "password":
            send_password(stack, patch)
        yield


@pytest.fixture(scope="session")
def linode(stack: Stack) -> LinodeSettings:
    return stack.linode


@pytest.fixture(scope="session")
def site(stack: Stack) -> Site:
    return Site(stack)


@pytest.fixture
def secrets_of_the_host(host: Any) -> list[str]:
    """Django's secret key and the database's password, read on the host, never shown."""
    with host.sudo():
        lines = host.file("/etc/ekklesia/host.env").content_string.splitlines()
    values = dict(line.partition("=")[::2] for line in lines)
    return [values["DJANGO_SECRET_KEY"], str(urlsplit(values["DATABASE_URL"]).password)]
