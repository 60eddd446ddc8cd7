"""The task that brings register and Firestore together by hand, or says what that would do."""

from __future__ import annotations

from fabric import task
from invoke.context import Context

from deploy.remote.login import connected
from deploy.remote.manage import manage_stream
from deploy.tasks.context import begin, end_with


@task(
    help={
        "dry-run": "say what would happen to whom and why; write nothing",
        "unmasked": "show every kennitala whole",
        "json": "for machines",
    }
)
def sync(context: Context, dry_run: bool = False, unmasked: bool = False, json: bool = False) -> None:
    """Compare and reconcile every member now, on both sides."""
    stack, steps = begin(context)
    options = {"--dry-run": dry_run, "--unmasked": unmasked, "--json": json}
    words = ["sync_members", *(name for name, wanted in options.items() if wanted)]
    with connected(stack) as host, steps.step("dry run" if dry_run else "full sync"):
        end_with(manage_stream(host, words))
