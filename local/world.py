"""One world: a stack of the production program on this machine, with an address and a folder of its own.

Owns the names, addresses, ports and folders that everything in `local/` shares. Leaves starting things to
`lifecycle.py` and the providers. The effective settings of a world live in `.local/stacks/Pulumi.NAME.yaml`,
written from `Pulumi.local.yaml` by `stack_settings.py`; this module reads the world's own part of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
STACKS = LOCAL / "stacks"
CACHE = Path.home() / ".cache" / "ekklesia"
DEFAULT_NAME = "local"
WORLD_KEY = "local:world"
"""The configuration key that holds the world's own facts; the program reads only `gcp:` and `ekklesia:`."""
SETTLED, NEW_PROJECT = "settled", "new-project"
"""How Google treats a world's project (`local/google/frame/treatment.py`)."""
OWN, REAL = "own", "real"
"""Whose Pulumi provider makes a world's Google resources: ours, or Google's (`gcp_plugin.py`)."""
PROJECT_PREFIX = "demo-"
"""Firebase's own convention: no real project's id begins so."""


class WorldError(Exception):
    """A problem of a world that its user can correct; the message says how."""


def stack_file(name: str) -> Path:
    """The file with the stack settings of the world of that name."""
    return STACKS / f"Pulumi.{name}.yaml"


@dataclass(frozen=True)
class World:
    """A world's fixed facts: what it is called, where it listens and where it keeps its state."""

    name: str
    project: str
    region: str
    address: str
    host_network: IPv4Network
    ports: dict[str, int]
    google: str = SETTLED
    """How Google treats the project: `settled` or `new-project`."""
    google_seed: int = 1
    """From which the moods of a new project are drawn."""
    provider: str = OWN
    """Whose Pulumi provider makes the Google resources: `own` or `real`."""

    @classmethod
    def load(cls, name: str = DEFAULT_NAME) -> World:
        """Read a world's settings. Raises WorldError if `make up` has not written them yet."""
        path = stack_file(name)
        config = (yaml.safe_load(path.read_text()) or {}).get("config", {}) if path.exists() else {}
        if WORLD_KEY not in config:
            raise WorldError(f"world {name!r} does not exist; run `make up` first")
        facts = config[WORLD_KEY]
        return cls(
            name=name,
            project=config["gcp:project"],
            region=config["gcp:region"],
            address=facts["address"],
            host_network=IPv4Network(facts["hostNetwork"]),
            ports=facts["ports"],
            google=facts.get("google", SETTLED),
            google_seed=facts.get("googleSeed", 1),
            provider=facts.get("provider", OWN),
        )

    @property
    def state(self) -> Path:
        """The folder that holds all the world's files; `make clean` removes it whole."""
        return LOCAL / self.name

    @property
    def outside_address(self) -> str:
        """This machine's end of the link to the Debian host."""
        return str(self.host_network[1])

    @property
    def host_address(self) -> str:
        """The Debian host's end of the link."""
        return str(self.host_network[2])

    def url(self, service: str) -> str:
        """The base URL of one of the world's services, by its name in `world.ports`."""
        return f"http://{self.address}:{self.ports[service]}"
