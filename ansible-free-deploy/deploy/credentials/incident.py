"""After a compromise: every session and token revoked, and every key made anew, in both halves.

Members' edits go on meanwhile. They wait in Firestore's queue or in Django's until a function with its new
token carries them; nothing of them is deleted. Each step may be done twice, and a run that was cut off is
completed by another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from deploy.credentials import host_keys, login_keys, members_sessions, persons_tokens, progress, rotation
from deploy.credentials.inventory import BY_HAND, KENNI_ID
from deploy.credentials.stack_program import StackProgram
from deploy.provision import second_factor_keys
from deploy.provision.api_tokens import tell_django
from deploy.remote.api_callers import FUNCTIONS
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import deploy_lock
from deploy.remote.login import Role, connected
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

PERSONS, MEMBERS, STAFF = "persons' tokens", "sessions of members", "sessions of staff"
OLD_TOKENS = "old tokens of the functions"
ALWAYS = frozenset({PERSONS, MEMBERS, STAFF, OLD_TOKENS})
"""Done in a later run, too: somebody may have got in again since."""
KENNI_SECRET = "kenniClientSecret"  # noqa: S105 # nosec B105 - a name
PUBLIC_KEYS = ("host-nudge-key", "host-backup-key")
"""The program's resources that read the public halves of the host's keys; they are asked for anew."""


@dataclass(frozen=True)
class Order:
    """What is wanted, and with what."""

    stack: Stack
    program: StackProgram
    steps: Steps
    kenni_secret: str = field(default="", repr=False)
    """A new client secret from Kenni.is; empty to keep the one there is."""


Work = Callable[[], str | None]
"""Does a step; what was done, in words."""


def revoke_all(order: Order, *, dry_run: bool = False) -> str:
    """Do every step that is not done yet; what has been done, in words. Raises DeployError where it stops."""
    with connected(order.stack) as host:
        state = progress.read(host)
    for name, work in plan(order).items():
        with order.steps.step(name) as outcome:
            if name in state.done and name not in ALWAYS:
                outcome.note("done already")
            elif dry_run:
                outcome.planned()
            else:
                outcome.changed(work() or "")
                with connected(order.stack) as host:
                    progress.note(host, state, name)
    _tell_what_people_do(order, dry_run=dry_run)
    if dry_run:
        return "nothing was changed"
    with connected(order.stack) as host:
        progress.note(host, state)
    return "every session and token is revoked, and every key above is new"


def plan(order: Order) -> dict[str, Work]:
    """The steps by their names, in order: first who is in gets out, then no old key opens anything."""
    steps: dict[str, Work] = {
        PERSONS: partial(_on_host, order, persons_tokens.revoke_all, Role.DEPLOY),
        MEMBERS: partial(_members, order),
        "secret key and database password": partial(_on_host, order, host_keys.renew_environment),
        "key of second factors": partial(_on_host, order, partial(_second_factors, order)),
        STAFF: partial(_on_host, order, host_keys.end_staff_sessions),
        "keys for nudges and backups": partial(_on_host, order, host_keys.renew_keys),
        "new tokens of the functions": partial(_new_secrets, order),
        "pulumi up": partial(order.program.up, PUBLIC_KEYS),
        OLD_TOKENS: partial(_end_old_tokens, order),
    }
    if order.stack.key_folder:
        steps["login key of the host"] = partial(login_keys.renew, order.stack)
    return steps


def _on_host(order: Order, work: Callable[[Host], str | None], role: Role = Role.PROVISION) -> str | None:
    with connected(order.stack, role) as host, deploy_lock(host, "revoke-all"):
        return work(host)


def _second_factors(order: Order, host: Host) -> None:
    second_factor_keys.rotate(host, order.steps)


def _members(order: Order) -> str:
    if order.stack.users is None:
        raise DeployError("the stack's file names no project, whose users would be logged out")
    return f"{members_sessions.revoke_all(order.stack.users)} users"


def _new_secrets(order: Order) -> None:
    rotation.renew(order.program, order.steps, FUNCTIONS)
    if order.kenni_secret:
        order.program.set_secret(KENNI_SECRET, order.kenni_secret)


def _end_old_tokens(order: Order) -> None:
    with connected(order.stack) as host:
        tell_django(host, order.steps, others_end_in=0)


def _tell_what_people_do(order: Order, *, dry_run: bool) -> None:
    """What the task cannot do, with how it is done."""
    for credential in BY_HAND:
        if credential.secret_id == KENNI_ID and order.kenni_secret:
            continue
        with order.steps.step(f"by hand: {credential.name}") as outcome:
            (outcome.planned if dry_run else outcome.note)(credential.renewed_by.replace("`", ""))
