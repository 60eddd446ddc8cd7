"""The links between worker and stores. Each goes through toxiproxy, which can spoil it."""

from __future__ import annotations

import random
from dataclasses import dataclass

import requests

from tests.linode.postgres import free_port

SECONDS = 120.0
TOXICS: tuple[dict[str, object], ...] = (
    {"type": "reset_peer", "attributes": {"timeout": 0}},
    {"type": "reset_peer", "attributes": {"timeout": 15}},
    {"type": "timeout", "attributes": {"timeout": 40}},
    {"type": "limit_data", "attributes": {"bytes": 700}},
    {"type": "latency", "attributes": {"latency": 30, "jitter": 30}},
    {"type": "slicer", "attributes": {"average_size": 64, "size_variation": 32, "delay": 200}},
)
"""What a network does: cut at once, cut after a while, swallow, cut in the middle, be slow, trickle."""


@dataclass(frozen=True)
class Link:
    """One proxy: where it listens, and the address of toxiproxy's API for it."""

    api: str
    listen: str

    @classmethod
    def to(cls, proxy: str, name: str, upstream: str) -> Link:
        """A link to HOST:PORT."""
        listen = f"127.0.0.1:{free_port()}"
        body = {"name": name, "listen": listen, "upstream": upstream, "enabled": True}
        _checked(requests.post(f"{proxy}/proxies", json=body, timeout=SECONDS))
        return cls(f"{proxy}/proxies/{name}", listen)

    def spoil(self, chance: random.Random) -> None:
        """Add one more fault to the link."""
        toxic = chance.choice(TOXICS) | {
            "name": f"toxic-{chance.getrandbits(32)}",
            "stream": chance.choice(["upstream", "downstream"]),
            "toxicity": chance.choice([0.5, 1.0]),
        }
        _checked(requests.post(f"{self.api}/toxics", json=toxic, timeout=SECONDS))

    def set_enabled(self, enabled: bool) -> None:
        """Take the link down (open connections are cut) or up."""
        _checked(requests.post(self.api, json={"enabled": enabled}, timeout=SECONDS))

    def repair(self) -> None:
        """Bring it up and remove its faults."""
        for toxic in requests.get(f"{self.api}/toxics", timeout=SECONDS).json():
            requests.delete(f"{self.api}/toxics/{toxic['name']}", timeout=SECONDS)
        self.set_enabled(True)


def _checked(answer: requests.Response) -> None:
    answer.raise_for_status()
