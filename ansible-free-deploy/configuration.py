"""Django's environment on the host: JSON in, a file for systemd out, readable by root alone."""

from __future__ import annotations

import json
import re

import layout
from django_manage import manage
from errors import DeployError
from host import Host, connected
from host_operations import file
from host_state import apply
from service import is_deployed, restart
from stack_file import Stack
from steps import Steps

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
OWN = frozenset({"DJANGO_SECRET_KEY", "DATABASE_URL", "NUDGE_KEY_FILE"})
"""Made on the host; nothing from outside may take their place."""


def configure_from(text: str, stack: Stack, steps: Steps) -> None:
    """Write the environment; where it changed and a release serves, make that release take notice."""
    content = environment_file(read_environment(text))
    with connected(stack) as host:
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
    try:
        variables = json.loads(text)["environment"]
    except (ValueError, KeyError, TypeError) as error:
        raise DeployError('configure wants JSON on standard input: {"environment": {NAME: VALUE}}') from error
    if not isinstance(variables, dict):
        raise DeployError("`environment` must be an object of names and values")
    for name, value in variables.items():
        if not NAME.fullmatch(name) or name in OWN:
            raise DeployError(f"{name!r} cannot be set from outside the host")
        if not isinstance(value, str) or re.search(r"[\x00-\x1f\x7f]", value):
            raise DeployError(f"{name}: must be a text without line breaks or other control characters")
    # Where the key is, is the host's matter; without the rest of a nudge's settings nobody asks for it.
    nudges = any(name.startswith("NUDGE_") for name in variables)
    return variables | ({"NUDGE_KEY_FILE": layout.NUDGE_KEY} if nudges else {})


def environment_file(variables: dict[str, str]) -> str:
    """The variables as systemd reads them (systemd.exec(5), EnvironmentFile), each quoted whole."""
    return "".join(f'{name}="{_escaped(value)}"\n' for name, value in sorted(variables.items()))


def _escaped(value: str) -> str:
    return re.sub(r'(["\\`$])', r"\\\1", value)


def is_configured(host: Host) -> bool:
    """Whether Django's environment has been written."""
    return host.run(f"test -s {layout.DJANGO_ENVIRONMENT}", root=True, check=False).status == 0
