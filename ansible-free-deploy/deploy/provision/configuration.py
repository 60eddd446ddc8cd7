"""The settings that the cloud decides, written on the host: JSON in, files out that only root can read.

One file is Django's environment, for systemd. One tells the backup program where copies go. One holds the
digests of the tokens with which the functions call.
"""

from __future__ import annotations

import re

from deploy.provision.api_tokens import MARGIN_MINUTES, read_tokens, tell_django, write_tokens
from deploy.provision.section import section
from deploy.provision.written import write
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.login import connected
from deploy.remote.service import is_deployed, restart
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
WHAT_IS_WANTED = (
    '{"environment": {NAME: VALUE}, "offsite": {NAME: VALUE}, "tokens": {FUNCTION: SHA-256}}, '
    "all but the first optional"
)
OFFSITE = frozenset(
    {
        "bucket",
        "storage_url",
        "sts_url",
        "iam_credentials_url",
        "pool_provider",
        "service_account",
        "issuer",
        "subject",
    }
)
"""What the backup program must know to copy anything; none of it is secret.

The host takes it only as `fab provision` wrote it down (`remote/copy_places.py`).
"""
OWN = frozenset({"DJANGO_SECRET_KEY", "DATABASE_URL", "NUDGE_KEY_FILE", "SECOND_FACTOR_KEYS"})
"""These are made on the host; nothing from outside may replace them."""


def configure_from(text: str, stack: Stack, steps: Steps) -> None:
    """Write the files; if the environment changed and a release serves, restart it.

    The functions have their new tokens by now, so their old ones are told to end.
    """
    environment, offsite, digests = read_environment(text), read_offsite(text), read_tokens(text)
    with connected(stack) as host:
        if offsite is not None:
            write(host, "configure-offsite", layout.OFFSITE_SETTINGS, offsite, steps)
        changed = write(host, "configure-environment", layout.DJANGO_ENVIRONMENT, environment, steps)
        if digests is not None:
            write_tokens(host, digests, steps)
        if not is_deployed(host):
            return
        if digests is not None:
            tell_django(host, steps, others_end_in=MARGIN_MINUTES)
        if changed:
            with steps.step("restart") as outcome:
                restart(host)
                outcome.changed()


def read_environment(text: str) -> dict[str, str]:
    """The variables out of the JSON. Raises DeployError, with no value in its text, for a mistake."""
    variables = section(text, "environment", WHAT_IS_WANTED)
    if variables is None:
        raise DeployError(f"configure wants JSON on standard input: {WHAT_IS_WANTED}")
    for name, value in variables.items():
        if not NAME.fullmatch(name) or name in OWN:
            raise DeployError(f"{name!r} cannot be set from outside the host")
        if not isinstance(value, str) or re.search(r"[\x00-\x1f\x7f]", value):
            raise DeployError(f"{name}: must be a text without line breaks or other control characters")
    # The host knows where the key is. Without a nudge's other settings it is not needed.
    nudges = any(name.startswith("NUDGE_") for name in variables)
    return variables | ({"NUDGE_KEY_FILE": layout.NUDGE_KEY} if nudges else {})


def read_offsite(text: str) -> dict[str, str] | None:
    """The backup program's settings (`configuration.Offsite`) out of the JSON; None if there are none."""
    settings = section(text, "offsite", WHAT_IS_WANTED)
    if settings is None:
        return None
    if settings.keys() != OFFSITE or not all(isinstance(value, str) for value in settings.values()):
        raise DeployError(f"`offsite` must have exactly these texts: {', '.join(sorted(OFFSITE))}")
    for name in ("storage_url", "sts_url", "iam_credentials_url"):
        if not settings[name].startswith(("https://", "http://")):
            raise DeployError(f"`offsite`: {name} must be an http or https URL")
    return settings
