"""`fab sync` brings register and Firestore together by hand, or says what that would do.

`fab sync.held` shows what waits for a person's decision, and `fab sync.release` answers it.
"""

from __future__ import annotations

from json import dumps
from typing import Any

from fabric import task
from invoke.context import Context

from deploy.remote.errors import DeployError
from deploy.remote.login import connected
from deploy.remote.manage import manage_stream
from deploy.remote.plain_text import plain
from deploy.tasks.context import JSON_HELP, begin, confirm, end_with, require_confirmable

NOTHING = "nothing is held"
STORES = ("register", "firestore")


@task(
    default=True,
    help={
        "dry-run": "say what would happen to whom and why; write nothing",
        "unmasked": "show every kennitala whole",
        "after-restore": "the store that was restored or emptied: register or firestore",
        "yes": "do not ask",
        **JSON_HELP,
    },
)
def run(  # noqa: PLR0913, PLR0917 (the options of a command)
    context: Context,
    dry_run: bool = False,
    unmasked: bool = False,
    after_restore: str = "",
    yes: bool = False,
    json: bool = False,
) -> None:
    """Compare and reconcile every member now, on both sides; with --after-restore, as an operator."""
    if after_restore not in {"", *STORES}:
        raise DeployError(f"--after-restore is one of {', '.join(STORES)}")
    if after_restore and not dry_run:
        _after_restore(context, after_restore, yes=yes, json=json)
        return
    stack, steps = begin(context)
    options = {"--dry-run": dry_run, "--unmasked": unmasked, "--json": json}
    words = ["sync_members", *(name for name, wanted in options.items() if wanted)]
    words += [f"--after-restore={after_restore}"] if after_restore else []
    with connected(stack) as host, steps.step("dry run" if dry_run else "full sync"):
        end_with(manage_stream(host, words))


def _after_restore(context: Context, store: str, *, yes: bool, json: bool) -> None:
    """A person's word, so it goes to the operators' own function and not through the host."""
    from deploy.cloud.held_runs import held_runs_of

    stack, steps = begin(context, as_json=json)
    require_confirmable(yes=yes)
    runs = held_runs_of(stack)
    confirm(f"{stack.project}: was {store} set back? (`--dry-run` says what this does)", yes=yes)
    with steps.step(f"sync after the restore of {store}") as outcome:
        result = runs.after_restore(store)
        inbound, outbound = result["firestore_to_django"], result["django_to_firestore"]
        outcome.changed(
            f"{inbound['written']} written to Django, {outbound['written']} to Firestore;"
            f" {result['held']} deletions are held"
        )
    if not result["settled"]:
        raise DeployError("some members could not be tried; the sync stays stopped. Order it again")


@task(help=JSON_HELP)
def held(context: Context, json: bool = False) -> None:
    """Show what is held until a person decides, as an operator."""
    from deploy.cloud.held_runs import held_runs_of  # Google's client takes a second to import.

    stack, _ = begin(context)
    waiting = held_runs_of(stack).waiting()
    print(dumps(waiting, ensure_ascii=False, default=str)) if json else _show(waiting)


@task(
    help={
        "refuse": "keep them instead: nothing is deleted, and nobody is asked again for a week",
        "shown": "the hash that `fab sync.held` showed; needed with --yes",
        "yes": "do not ask",
        **JSON_HELP,
    }
)
def release(
    context: Context, refuse: bool = False, shown: str = "", yes: bool = False, json: bool = False
) -> None:
    """Delete those who are held, exactly as they are shown, or refuse to, as an operator."""
    from deploy.cloud.held_runs import held_runs_of

    stack, steps = begin(context, as_json=json)
    require_confirmable(yes=yes)
    if yes and not shown:
        raise DeployError("--yes goes with --shown: the hash of what somebody looked at (`fab sync.held`)")
    runs = held_runs_of(stack)
    waiting = runs.waiting()
    if waiting is None:
        raise DeployError(NOTHING)
    if shown and shown != waiting["hash"]:
        raise DeployError("something else is held by now; look again: `fab sync.held`")
    if not yes:
        _show(waiting)
    what = "Keep" if refuse else "Delete"
    confirm(f"{stack.project}: {what} these {waiting['count']}?", yes=yes)
    with steps.step("refuse" if refuse else "release") as outcome:
        result = runs.decide(waiting, "refused" if refuse else "released")
        outcome.changed(f"{result['decision']}: {result.get('count', waiting['count'])}")


def _show(waiting: dict[str, Any] | None) -> None:
    if waiting is None:
        print(NOTHING)
        return
    print(f"{waiting['count']} deletions are held since {waiting['createdAt']}; hash {waiting['hash']}")
    for member in waiting["members"]:
        print(plain(f"{member['kennitala']}  {member['name']}  deleted in {member['deletedIn']}"))
    left = waiting["count"] - len(waiting["members"])
    if left:
        print(f"and {left} more; `fab sync --dry-run` lists all")
