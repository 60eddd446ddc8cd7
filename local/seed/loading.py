"""Brings the demo register into a world: the members into Django, and the first superuser into Firestore."""

from __future__ import annotations

import json

from local.host_manage import fab, manage, member_count
from local.seed.register import SUPERUSER, members
from local.steps import Say
from local.world import World


def load_members(world: World, say: Say) -> None:
    """Load the register if Django has no members yet."""
    present = member_count(world)
    if present:
        say(f"{present} members are there")
        return
    say("loading")
    lines = "".join(f"{json.dumps(member, ensure_ascii=False)}\n" for member in members())
    say(manage(world, "load_register", lines).strip())


def appoint_superuser(world: World) -> None:
    """Make a test person the portal's first superuser, as an operator does. The sync copies no role."""
    fab(world, "appoint", "--yes", content=SUPERUSER["kennitala"])
