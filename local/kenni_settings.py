"""The settings of the stand-in for Kenni.is: its client, the client's secret, and the test persons."""

from __future__ import annotations

import json

import yaml

from local import pulumi_stack, supervisor
from local.private_file import write_private
from local.seed.register import TEST_PERSONS
from local.services import programs
from local.world import World, stack_file


def write(world: World) -> None:
    """Write the stack's settings; if that changed them, restart the stand-in."""
    client = yaml.safe_load(stack_file(world.name).read_text())["config"]["ekklesia:kenni"]
    secret = pulumi_stack.pulumi("config", "get", "ekklesia:kenniClientSecret", "-s", world.name).strip()
    secret_file = world.state / "kenni-client-secret"
    settings = {
        **client,
        "clientSecretFile": str(secret_file),
        "persons": [{"nationalId": person["kennitala"], "name": person["name"]} for person in TEST_PERSONS],
    }
    changed = [
        write_private(secret_file, secret),
        write_private(programs.kenni_settings(world), json.dumps(settings, ensure_ascii=False, indent=1)),
    ]
    if any(changed) and "kenni" in supervisor.programs(world):
        supervisor.restart_program(world, "kenni")
