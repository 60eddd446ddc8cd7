"""The settings that the cloud decides, written on the host: JSON in, files out that only root can read.

One file is Django's environment, for systemd. The other tells the backup program where copies go.
"""

from __future__ import annotations

import json
import re
from typing import Any

from deploy.provision.apply import apply
from deploy.provision.operations import file
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import connected
from deploy.remote.manage import manage
from deploy.remote.service import is_deployed, restart
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
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
    content, offsite = environment_file(read_environment(text)), read_offsite(text)
    with connected(stack) as host:
        if offsite is not None:
            apply(host, file(layout.OFFSITE_SETTINGS, offsite, mode="600"), steps)
        if not apply(host, file(layout.DJANGO_ENVIRONMENT, content, mode="600"), steps):
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


def read_offsite(text: str) -> str | None:
    """The backup program's settings (`configuration.Offsite`) out of the JSON; None if there are none."""
    settings = _section(text, "offsite")
    if settings is None:
        return None
    if settings.keys() != OFFSITE or not all(isinstance(value, str) for value in settings.values()):
        raise DeployError(f"`offsite` must have exactly these texts: {', '.join(sorted(OFFSITE))}")
    for name in ("storage_url", "sts_url", "iam_credentials_url"):
        if not settings[name].startswith(("https://", "http://")):
            raise DeployError(f"`offsite`: {name} must be an http or https URL")
    return json.dumps(settings | {"key_file": layout.BACKUP_KEY}, indent=1, sort_keys=True) + "\n"


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


def environment_file(variables: dict[str, str]) -> str:
    """The variables as systemd reads them (systemd.exec(5), EnvironmentFile), each quoted whole."""
    return "".join(f'{name}="{_escaped(value)}"\n' for name, value in sorted(variables.items()))


def _escaped(value: str) -> str:
    return re.sub(r'(["\\`$])', r"\\\1", value)
