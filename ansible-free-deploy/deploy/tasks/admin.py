"""`fab admin.…`: help for staff who cannot log in to the admin, and its keys."""

from __future__ import annotations

import getpass
import io
import sys

from fabric import task
from invoke.context import Context

from deploy.provision import second_factor_keys
from deploy.remote.errors import DeployError
from deploy.remote.lock import deploy_lock
from deploy.remote.login import connected
from deploy.remote.manage import manage_stream
from deploy.tasks.context import begin, confirm, end_with, provisions, role_of

EVERYBODY = "Remove the second factor of all staff?"


@task(
    name="reset-second-factor",
    help={"user": "whose", "everybody": "of all staff: the host's key is lost", "yes": "do not ask"},
)
def reset_second_factor(context: Context, user: str = "", everybody: bool = False, yes: bool = False) -> None:
    """Remove a lost second factor; its owner sets a new one up at the next log-in, with the password."""
    if bool(user) == everybody:
        raise DeployError("whose? --user NAME, or --everybody")
    whose = "--everybody" if everybody else f"--user={user}"
    stack, _ = begin(context)
    question = EVERYBODY if everybody else f"Remove the second factor of {user}?"
    confirm(f"{stack.linode.address}: {question}", yes=yes)
    with connected(stack) as host:
        end_with(manage_stream(host, ["reset_second_factor", whose]))


@task(name="open-log-in", help={"user": "who is locked out", "address": "or an address that is"})
def open_log_in(context: Context, user: str = "", address: str = "") -> None:
    """Let somebody try again at once who gave too many wrong passwords or codes."""
    if bool(user) == bool(address):
        raise DeployError("who? --user NAME, or --address ADDRESS")
    stack, _ = begin(context)
    with connected(stack) as host:
        end_with(manage_stream(host, ["open_log_in", f"--user={user}" if user else f"--address={address}"]))


@task(name="add-superuser", help={"user": "the new user name"})
def add_superuser(context: Context, user: str) -> None:
    """Create a superuser; asks for the password, and the second factor is set up at the first log-in."""
    stack, _ = begin(context)
    password = _new_password(user)
    with connected(stack) as host:
        words = ["add_superuser", f"--user={user}"]
        end_with(manage_stream(host, words, io.BytesIO(f"{password}\n".encode())))


@task(name="rotate-key")
@provisions
def rotate_key(context: Context) -> None:
    """Exchange the key that seals the secrets of second factors; nobody notices."""
    stack, steps = begin(context)
    with connected(stack, role_of(rotate_key)) as host, deploy_lock(host, "rotate-key"):
        second_factor_keys.rotate(host, steps)


def _new_password(user: str) -> str:
    """Asked twice on a terminal; else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass(f"New password of {user}: ")
    if password != getpass.getpass("The same again: "):
        raise DeployError("the two differ; nothing was changed")
    return password
