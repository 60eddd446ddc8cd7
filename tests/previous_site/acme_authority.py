"""A certificate authority that speaks ACME (RFC 8555): pebble, with which Let's Encrypt tests clients.

It runs on this machine, at its end of the link to the host. It has a resolver of its own, in which the names
lead to the host. Its certificates last so briefly that they are always due for renewal.
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from local.linode.certificates import ensure_certificates
from local.world import World
from tests.host.waiting import wait_until

DIRECTORY_PORT, MANAGEMENT_PORT, RESOLVER_PORT, RESOLVER_MANAGEMENT_PORT = 14000, 15000, 8053, 8055
STEADY = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
"""By default pebble waits at random and refuses a twentieth of good requests; two in a row end certbot."""
LIFE_SECONDS = 20 * 24 * 3600
"""Certbot renews what has less than 30 days left."""


class AcmeAuthority:
    """Runs while its block does. Its programs end with it."""

    def __init__(self, world: World, folder: Path) -> None:
        self._address = world.outside_address
        self._host = world.host_address
        self._folder = folder
        self._programs: list[subprocess.Popen[bytes]] = []

    @property
    def directory(self) -> str:
        """The address at which clients begin."""
        return f"https://{self._address}:{DIRECTORY_PORT}/dir"

    @property
    def own_authority(self) -> Path:
        """PEM: the authority that vouches for the directory's own certificate."""
        return self._folder / "ca.pem"

    def root(self) -> str:
        """PEM: the authority that signs clients' certificates; a new one at each start."""
        return self._get(f"https://{self._address}:{MANAGEMENT_PORT}/roots/0").text

    def __enter__(self) -> Self:
        ensure_certificates(self._folder, [self._address])
        resolver = ["-dns01", f"{self._address}:{RESOLVER_PORT}", "-defaultIPv4", self._host]
        resolver += ["-management", f"{self._address}:{RESOLVER_MANAGEMENT_PORT}"]
        resolver += ["-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""]
        self._start("pebble-challtestsrv", *resolver)
        self._start(
            "pebble", "-config", str(self._configuration()), "-dnsserver", f"{self._address}:{RESOLVER_PORT}"
        )
        wait_until(self._answers, "the authority answers", 20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in self._programs:
            program.terminate()
            program.wait(10)

    def _start(self, name: str, *arguments: str) -> None:
        program = shutil.which(name)
        assert program, f"{name} is not here; `make up` brings it (Debian's package pebble)"
        with (self._folder / f"{name}.log").open("wb") as log:
            environment = os.environ | STEADY
            self._programs.append(
                subprocess.Popen([program, *arguments], stdout=log, stderr=log, env=environment)
            )

    def _configuration(self) -> Path:
        path = self._folder / "pebble.json"
        settings = {
            "listenAddress": f"{self._address}:{DIRECTORY_PORT}",
            "managementListenAddress": f"{self._address}:{MANAGEMENT_PORT}",
            "certificate": str(self._folder / "host.pem"),
            "privateKey": str(self._folder / "host-key.pem"),
            "httpPort": 80,
            "tlsPort": 443,
            "certificateValidityPeriod": LIFE_SECONDS,
        }
        path.write_text(json.dumps({"pebble": settings}))
        return path

    def _answers(self) -> bool:
        try:
            return self._get(self.directory).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _get(self, url: str) -> httpx.Response:
        return httpx.get(url, verify=ssl.create_default_context(cafile=str(self.own_authority)))
