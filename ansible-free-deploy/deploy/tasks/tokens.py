"""`fab tokens.…`: the tokens with which functions and persons call Django's API."""

from __future__ import annotations

import sys
from pathlib import Path

from fabric import task
from invoke.context import Context

from deploy.credentials import persons_tokens
from deploy.credentials.rotation import chosen
from deploy.credentials.rotation import rotate as rotate_tokens
from deploy.credentials.stack_program import StackProgram
from deploy.provision.api_tokens import accept_from
from deploy.remote.errors import DeployError
from deploy.remote.login import connected
from deploy.remote.manage import manage_stream
from deploy.tasks.context import JSON_HELP, begin, confirm, end_with

ROTATION = "`pulumi up` also does whatever else the program has to do (`pulumi preview` shows it). Go on?"


@task(name="list", help=JSON_HELP)
def list_tokens(context: Context, json: bool = False) -> None:
    """List the tokens of the API: whose, what for, when made, last used, until when."""
    stack, _ = begin(context)
    with connected(stack) as host:
        end_with(manage_stream(host, ["api_tokens", "list", *(["--json"] if json else [])]))


@task(
    help={
        "user": "the person in Django who owns it; its rights are that person's",
        "scopes": "members.read, members.write, status.read; separated by commas",
        "name": "what it is for",
        "to": "the new file that it is written to",
        "days": "until it expires",
    }
)
def issue(  # noqa: PLR0913, PLR0917 (the options of a command)
    context: Context, user: str, scopes: str, name: str, to: str, days: int = 90
) -> None:
    """Make a token for a person's scripts; the host gets to know its digest only."""
    stack, steps = begin(context)
    path = Path(to).expanduser()
    if path.exists():
        raise DeployError(f"{path} is there already; --to names a new file")
    with connected(stack) as host, steps.step(f"token {name!r} of {user}") as outcome:
        wanted = persons_tokens.Wanted(user, name, scopes, days)
        outcome.changed(f"{persons_tokens.issue(host, wanted, path)}; it is in {path}")


@task(help={"name": "the token's name, or the function's", "user": "only that person's", "yes": "do not ask"})
def revoke(context: Context, name: str, user: str = "", yes: bool = False) -> None:
    """Revoke tokens by name, at once."""
    stack, steps = begin(context)
    confirm(f"Revoke every token called {name!r}? Whoever calls with it is refused from now on.", yes=yes)
    with connected(stack) as host, steps.step("revoke") as outcome:
        outcome.changed(persons_tokens.revoke(host, name, user))


@task(
    help={
        "name": "only this function's (default: each function's)",
        "yes": "do not ask",
        "dry-run": "say what would be done",
        **JSON_HELP,
    }
)
def rotate(
    context: Context, name: str | None = None, yes: bool = False, dry_run: bool = False, json: bool = False
) -> None:
    """Give functions new tokens without a failed call; another run completes one that was cut off."""
    stack, steps = begin(context, as_json=json)
    functions = chosen(name)
    if not dry_run:
        confirm(f"{stack.name}: {ROTATION}", yes=yes)
    rotate_tokens(StackProgram(stack.name), steps, functions, dry_run=dry_run)
    steps.finish("nothing was changed" if dry_run else f"{len(functions)} new tokens")


@task(help=JSON_HELP)
def accept(context: Context, json: bool = False) -> None:
    """Take the functions' tokens by their digests, from JSON on standard input (Pulumi runs this)."""
    stack, steps = begin(context, as_json=json)
    accept_from(sys.stdin.read(), stack, steps)
