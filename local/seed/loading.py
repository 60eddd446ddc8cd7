"""Brings the demo register into a world: the members into Django, the test persons' roles into Firestore."""

from __future__ import annotations

import json

from local.firestore_client import firestore_client
from local.host_manage import manage, member_count
from local.seed.register import TEST_PERSONS, members
from local.steps import Say
from local.sync_run import MEMBERS
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


def give_roles(world: World) -> None:
    """Give the test persons their roles. Roles exist in Firestore only; no sync copies them."""
    documents = firestore_client(world).collection(MEMBERS)
    for person in TEST_PERSONS:
        if person["roles"]:
            documents.document(person["kennitala"]).set({"roles": person["roles"]}, merge=True)
