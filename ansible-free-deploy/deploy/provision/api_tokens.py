"""The functions' tokens on the host: a file with their digests, which Django takes over.

A new token is taken beside the old one before any function calls with it. The old one ends once the functions
have the new one, after a margin in which their last calls come to an end.
"""

from __future__ import annotations

from deploy.provision.section import section
from deploy.provision.written import write
from deploy.remote import layout
from deploy.remote.api_callers import DIGEST, FUNCTIONS
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.login import connected
from deploy.remote.manage import TAKE_TOKENS, manage
from deploy.remote.service import is_deployed
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

MARGIN_MINUTES = 15
"""Longer than any function runs (`FULL_RUN_SECONDS` in `infra/sync_functions.py`)."""
WANTED = '{"tokens": {FUNCTION: SHA-256}}'


def accept_from(text: str, stack: Stack, steps: Steps) -> None:
    """Take the functions' tokens beside those that are known.

    Raises DeployError if the release that serves knows one token for all functions: a function with a new
    token could not call it.
    """
    digests = read_tokens(text)
    if digests is None:
        raise DeployError(f"tokens.accept wants JSON on standard input: {WANTED}")
    with connected(stack) as host:
        deployed = is_deployed(host)
        if deployed and host.run(f"test -d {layout.CURRENT}/backend/api_access", check=False).status:
            raise DeployError("the release that serves knows one token for all functions: `fab deploy` first")
        write_tokens(host, digests, steps)
        if deployed:
            tell_django(host, steps)


def tell_django(host: Host, steps: Steps, *, others_end_in: int | None = None) -> None:
    """Have Django take the file over; every other token of a function ends in so many minutes."""
    with steps.step("tokens of the functions") as outcome:
        end = [] if others_end_in is None else [f"--others-end-in={others_end_in}"]
        if told := manage(host, [*TAKE_TOKENS, *end]).stdout.strip():
            outcome.changed(told.replace("\n", ", "))


def read_tokens(text: str) -> dict[str, str] | None:
    """The digests out of the JSON; None if it has none. Raises DeployError for a mistake."""
    digests = section(text, "tokens", WANTED)
    if digests is None:
        return None
    if digests.keys() != set(FUNCTIONS):
        raise DeployError(f"`tokens` must have exactly these functions: {', '.join(FUNCTIONS)}")
    if not all(isinstance(value, str) and DIGEST.fullmatch(value) for value in digests.values()):
        raise DeployError("`tokens`: a digest is 64 hexadecimal digits, the SHA-256 of the token")
    return digests


def write_tokens(host: Host, digests: dict[str, str], steps: Steps) -> None:
    """Write the file that Django reads; no token can be made from what it holds."""
    write(host, "configure-tokens", layout.API_TOKENS, digests, steps)
