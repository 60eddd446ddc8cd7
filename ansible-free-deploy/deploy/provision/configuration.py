"""The settings that the cloud decides, written on the host: JSON in, files out that only root can read.

One file is Django's environment, for systemd. The other tells the backup program where copies go.
"""

from __future__ import annotations

import json
import re
from typing import Any

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.login import connected
from deploy.remote.manage import manage
from deploy.remote.service import is_deployed, restart
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps
from deploy.remote.verbs import ask

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
CHANGED = "changed"
"""What the host says if a file was another."""
WHAT_IS_WANTED = '{"environment": {NAME: VALUE}, "offsite": {NAME: VALUE}}, the second one optional'
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
"""What the backup program must know to copy anything; none of it is secret."""
OWN = frozenset({"DJANGO_SECRET_KEY", "DATABASE_URL", "NUDGE_KEY_FILE"})
"""These are made on the host; nothing from outside may replace them."""


def configure_from(text: str, stack: Stack, steps: Steps) -> None:
    """Write the files; if the environment changed and a release serves, restart it."""
    environment, offsite = read_environment(text), read_offsite(text)
    with connected(stack) as host:
        if offsite is not None:
            _write(host, "configure-offsite", layout.OFFSITE_SETTINGS, offsite, steps)
        if not _write(host, "configure-environment", layout.DJANGO_ENVIRONMENT, environment, steps):
            return
        if is_deployed(host):
            with steps.step("the API's token"):
                manage(host, ["ensure_api_token"])
            with steps.step("restart") as outcome:
                restart(host)
                outcome.changed()


def read_environment(text: str) -> dict[str, str]:
    """The variables out of the JSON. Raises DeployError, with no value in its text, for a mistake."""
    variables = _section(text, "environment")
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
    settings = _section(text, "offsite")
    if settings is None:
        return None
    if settings.keys() != OFFSITE or not all(isinstance(value, str) for value in settings.values()):
        raise DeployError(f"`offsite` must have exactly these texts: {', '.join(sorted(OFFSITE))}")
    for name in ("storage_url", "sts_url", "iam_credentials_url"):
        if not settings[name].startswith(("https://", "http://")):
            raise DeployError(f"`offsite`: {name} must be an http or https URL")
    return settings


def _section(text: str, name: str) -> dict[str, Any] | None:
    """One object of the JSON; None if it is not there."""
    try:
        content = json.loads(text)
        section = content.get(name)
    except (ValueError, AttributeError) as error:
        raise DeployError(f"configure wants JSON on standard input: {WHAT_IS_WANTED}") from error
    if section is not None and not isinstance(section, dict):
        raise DeployError(f"`{name}` must be an object of names and values")
    return section


def _write(host: Host, verb: str, path: str, content: dict[str, str], steps: Steps) -> bool:
    """Have the host write one of its files; whether that changed it."""
    with steps.step(path) as outcome:
        changed = ask(host, verb, what=path, content=json.dumps(content)).stdout.strip() == CHANGED
        if changed:
            outcome.changed()
        return changed
