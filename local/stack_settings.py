"""A world's stack settings: `Pulumi.local.yaml` with the world's own place filled in, and its secrets.

The result is `.local/stacks/Pulumi.NAME.yaml`. What differs between worlds is their place (see places.py).
The secrets are invented once per world, reach Pulumi through its standard input, and stay as they are when
the settings are rendered again. `pulumi config set` keeps nothing but `config:` in that file, so the world's
own facts stand there too, under a name of their own that the program does not read.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from string import Template
from typing import Any

import yaml

from infra import settings
from local import backup_key, pulumi_stack
from local.places import Place, claim
from local.whole_file import write_whole
from local.world import (
    DEFAULT_NAME,
    LOCAL,
    NEW_PROJECT,
    OWN,
    PROJECT_PREFIX,
    REAL,
    ROOT,
    SETTLED,
    WORLD_KEY,
    World,
    WorldError,
    stack_file,
)

TEMPLATE = ROOT / "local" / "Pulumi.local.yaml"
WORLD_SETTINGS = frozenset({"address", "hostNetwork", "ports", "google", "googleSeed", "provider"})
PROGRAM_NAMESPACES = ("gcp:", "ekklesia:")
TREATMENTS = (SETTLED, NEW_PROJECT)
PROVIDERS = (OWN, REAL)
NAME_PATTERN = re.compile(r"[a-z][a-z0-9-]{0,30}")
"""A folder, a container and the beginning of a network device's name are called as the world is."""
INVENTED = tuple(f"{settings.NAMESPACE}:{name}" for name in settings.SECRETS)
INVENTED_BYTES = 32
REPLACED = frozenset({f"{settings.NAMESPACE}:djangoApiToken"})
"""Secret settings that worlds of an older version have."""


class _Placeholders(Template):
    idpattern = r"[a-z]+(?:\.[a-z]+)?"


@dataclass(frozen=True)
class Google:
    """How Google shall treat a world's project, and by whose provider; what is None stays as it was."""

    treatment: str | None = None
    seed: int | None = None
    provider: str | None = None

    def facts(self, present: Mapping[str, Any]) -> dict[str, Any]:
        """The world's facts about it. Raises WorldError for a treatment that nobody knows."""
        if self.treatment not in (None, *TREATMENTS):
            raise WorldError(
                f"{self.treatment!r} is no way to be treated by Google: {' or '.join(TREATMENTS)}"
            )
        kept = {key: present[key] for key in ("google", "googleSeed", "provider") if key in present}
        wanted = {"google": self.treatment, "googleSeed": self.seed, "provider": self.provider}
        return kept | {key: value for key, value in wanted.items() if value is not None}


AS_IT_WAS = Google()


def ensure_world(name: str, google: Google = AS_IT_WAS) -> World:
    """Write the settings of the world of that name; make its stack and its secrets if they are missing.

    Raises WorldError, in one line, for unknown or missing settings.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise WorldError(f"{name!r} is no name for a world: letters a-z, digits and hyphens, at most 31")
    pulumi_stack.prepare_backend()
    _write(name, _render(name, google))
    world = World.load(name)
    if not pulumi_stack.stack_exists(name):
        pulumi_stack.pulumi("stack", "init", name, "--secrets-provider", "passphrase")
    present = _present(name).get("config", {})
    for key in INVENTED:
        if key not in present:
            invented = secrets.token_hex(INVENTED_BYTES)
            pulumi_stack.pulumi("config", "set", "--secret", key, "-s", name, standard_input=invented)
    # Pulumi has written the file in its own style. Without this, the next run would find it changed.
    _write(name, _render(name, AS_IT_WAS))
    return world


def _render(name: str, google: Google) -> dict[str, Any]:
    """The whole content of a world's stack file, with the secrets of the present one."""
    own = _own_settings()
    present = _present(name)
    known = present.get("config", {}).get(WORLD_KEY, {})
    facts = own["world"] | google.facts(known)
    _refuse_another_provider(name, known.get("provider", OWN), facts.get("provider", OWN))
    if name != DEFAULT_NAME:
        place = claim(stack_file(name))
        facts = facts | {"address": place.address, "hostNetwork": str(place.network)}
    secured = _secured(present.get("config", {}), own["config"], name)
    config = _checked(_fill(own["config"], facts, backup_key.recipient(name))) | {WORLD_KEY: facts} | secured
    return {key: value for key, value in present.items() if key == "encryptionsalt"} | {"config": config}


def _refuse_another_provider(name: str, before: str, wanted: str) -> None:
    """What one provider has recorded of a stack, the other cannot read."""
    if wanted != before and (LOCAL / name / "resources").exists():
        raise WorldError(
            f"world {name!r} was made by the provider {before!r}, whose records {wanted!r} cannot read: "
            f"choose another WORLD, or remove this one with `make clean WORLD={name}`"
        )


def _own_settings() -> dict[str, Any]:
    """The template. Unknown settings are refused."""
    try:
        own = yaml.safe_load(TEMPLATE.read_text())
    except yaml.YAMLError as error:
        raise WorldError(f"{TEMPLATE.name}: not YAML: {' '.join(str(error).split())}") from error
    _refuse_unknown(set(own) - {"world", "config"}, TEMPLATE.name)
    _refuse_unknown({f"world.{key}" for key in set(own["world"]) - WORLD_SETTINGS}, TEMPLATE.name)
    _refuse_unknown({key for key in own["config"] if not key.startswith(PROGRAM_NAMESPACES)}, TEMPLATE.name)
    return dict(own)


def _secured(present: Mapping[str, Any], own: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The encrypted settings of the present file. Unknown settings are refused."""
    _refuse_unknown(set(present) - set(own) - set(INVENTED) - REPLACED - {WORLD_KEY}, stack_file(name).name)
    return {key: present[key] for key in INVENTED if key in present}


def _refuse_unknown(keys: set[str], file: str) -> None:
    if keys:
        raise WorldError(f"{file}: not a setting: {', '.join(sorted(keys))}")


def _fill(config: Mapping[str, Any], facts: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    place = Place(facts["address"], IPv4Network(facts["hostNetwork"]))
    values = {"address": place.address, "host": str(place.host), "recipient": recipient}
    values |= {f"ports.{name}": str(port) for name, port in facts["ports"].items()}
    try:
        filled = _Placeholders(yaml.safe_dump(dict(config), allow_unicode=True)).substitute(values)
    except (KeyError, ValueError) as error:
        raise WorldError(f"{TEMPLATE.name}: nothing is called ${{{error.args[0]}}}") from error
    return dict(yaml.safe_load(filled))


def _checked(config: dict[str, Any]) -> dict[str, Any]:
    """The program's settings, checked as the program does it, but before anything is started."""
    try:
        settings.parse(config)
    except ValueError as error:
        raise WorldError(f"{TEMPLATE.name}: {error}") from None
    if not config["gcp:project"].startswith(PROJECT_PREFIX):
        raise WorldError(
            f"{TEMPLATE.name}: gcp:project must begin with {PROJECT_PREFIX!r}, as no real one does"
        )
    return config


def _present(name: str) -> dict[str, Any]:
    path = stack_file(name)
    return dict(yaml.safe_load(path.read_text()) or {}) if path.exists() else {}


def _write(name: str, content: Mapping[str, Any]) -> None:
    path = stack_file(name)
    if content != _present(name):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
        write_whole(path, text, durable=True)
