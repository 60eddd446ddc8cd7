"""What was taken away since a backup stays taken away: in a restored database, before it goes live.

The live database tells what counts now: accounts, rights, tokens, who wants no letters. It names members, so
it is kept nowhere. If it cannot tell, every account waits until an operator confirms it. See
`linode/backend/revocations/`.
"""

from __future__ import annotations

from deploy.backup.exchange import RESTORED, SCRATCH
from deploy.remote import database
from deploy.remote.errors import RemoteError
from deploy.remote.host import Host
from deploy.remote.manage import manage

NOTHING = "null"
"""What the host prints if its database knows no account."""
NOBODY_LOGS_IN = "UPDATE auth_user SET is_active = false; DELETE FROM django_session;"


def revoke_again(host: Host) -> list[str]:
    """Take away in the restored database what the live one no longer holds; what that was, in words."""
    standing = _standing(host)
    words = ["revoke_again"] if standing else ["revoke_again", "--nothing-known"]
    done = manage(host, words, database=RESTORED, content=standing).stdout.splitlines()
    return done if standing else [*done, "let staff in by `fab manage -- confirm_staff`"]


def close_accounts(host: Host) -> None:
    """Let every account of the restored database wait, if no release serves that could tell more."""
    host.run(
        f"{database.PSQL_OF_SITE} {SCRATCH}", what="closing the accounts", root=True, content=NOBODY_LOGS_IN
    )


def _standing(host: Host) -> str:
    """What counts now; empty if the live database does not tell."""
    try:
        told = manage(host, ["standing_rights"]).stdout.strip()
    except RemoteError:
        return ""
    return "" if told == NOTHING else told
