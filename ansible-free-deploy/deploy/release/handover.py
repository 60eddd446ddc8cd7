"""Taking over from the previous site, and giving back to it.

The first deploy copies the previous site's register and then leads nginx to the release. The previous site's
code and database stay, so that `fab give-back` can let it serve again.
"""

from __future__ import annotations

from deploy.remote import layout, previous_site
from deploy.remote.host import Host
from deploy.remote.steps import Steps
from deploy.remote.verbs import ask

KEPT = f"{layout.DATABASE}_given_back"
"""As what `linode/host/previous-site-put-away.sh` keeps our register."""
COPIED = "copied"


def copy_register(host: Host, steps: Steps) -> None:
    """Copy the previous site's register into ours while that is empty.

    From then on the previous one can be read but not written, so no edit is lost between the two.
    """
    if not previous_site.serves(host):
        return
    with steps.step("copy the previous register") as outcome:
        name = previous_site.require_name(host)
        told = ask(host, "previous-site-copy", what="copy of the previous register", guard=True).stdout
        if told.strip() == COPIED:
            outcome.changed(f"from {name}, which can only be read now")
        else:
            outcome.note("it is here already")


def take_over(host: Host, steps: Steps) -> bool:
    """Lead nginx to our site; whether it led to the previous one."""
    if not previous_site.serves(host):
        return False
    with steps.step("take over from the previous site") as outcome:
        ask(host, "previous-site-take-over", guard=True)
        outcome.changed()
    return True


def retire(host: Host) -> None:
    """Stop the previous site's gunicorn, which serves nobody any more."""
    ask(host, "previous-site-retire")


def give_back(host: Host, steps: Steps) -> bool:
    """Let the previous site serve again, on its own register; whether there is one.

    Ours is put away: the next deploy copies the previous register anew.
    """
    if not previous_site.is_set_aside(host):
        return False
    with steps.step("the previous site serves again") as outcome:
        previous_site.require_name(host)
        ask(host, "previous-site-give-back", guard=True)
        outcome.changed()
    with steps.step("our register is put away") as outcome:
        ask(host, "register-put-away", what="putting our register away", guard=True)
        outcome.changed(f"as {KEPT}")
    return True
