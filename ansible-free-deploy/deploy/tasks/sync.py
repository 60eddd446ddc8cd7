"""The task that brings register and Firestore together by hand, or says what that would do."""

from __future__ import annotations

from fabric import task
from invoke.context import Context

from deploy.remote.host import connected
from deploy.remote.manage import manage_stream
from deploy.tasks.context import begin, confirm, end_with

ALLOWED = "Carry out every deletion, however many? (`fab sync --dry-run --allow-deletions` lists them.)"


@task(
    help={
        "dry-run": "say what would happen to whom and why; write nothing",
        "allow-deletions": "carry out deletions however many they are: also those that are held back",
        "yes": "do not ask",
        "unmasked": "show every kennitala whole",
        "json": "for machines",
    }
)
def sync(  # noqa: PLR0913, PLR0917 (the options of a command)
    context: Context,
    dry_run: bool = False,
    allow_deletions: bool = False,
    yes: bool = False,
    unmasked: bool = False,
    json: bool = False,
) -> None:
    """Compare and reconcile every member now, on both sides."""
    stack, steps = begin(context)
    if allow_deletions and not dry_run:
        confirm(f"{stack.linode.address}: {ALLOWED}", yes=yes)
    options = {"--dry-run": dry_run, "--allow-deletions": allow_deletions}
    options |= {"--unmasked": unmasked, "--json": json}
    words = ["sync_members", *(name for name, wanted in options.items() if wanted)]
    with connected(stack) as host, steps.step("dry run" if dry_run else "full sync"):
        end_with(manage_stream(host, words))
