"""Commands that `pulumi up` runs on the machine of whoever runs it.

Pulumi stores what a command printed, in clear unless it is told otherwise. So all of it is secret here; what
has to be seen again is taken out by name.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import pulumi
from pulumi_command.local import Command, Logging

from infra.google_apis.session import TOKEN_VARIABLE
from infra.names import ROOT
from infra.settings import Settings

PRINTED = ["stdout", "stderr"]


def command(  # noqa: PLR0913 (all but two by name)
    name: str,
    words: Sequence[str],
    *,
    environment: Mapping[str, pulumi.Input[str]],
    stdin: pulumi.Input[str] | None = None,
    triggers: Sequence[pulumi.Input[str]] = (),
    logging: Logging = Logging.STDOUT_AND_STDERR,
    opts: pulumi.ResourceOptions,
) -> Command:
    """A command that runs again if a trigger or its input changes. The plugin can stand its output."""
    return Command(
        name,
        create=" ".join([sys.executable, "-m", "infra.plugin_output", *words]),
        dir=str(ROOT),
        environment=dict(environment),
        stdin=stdin,
        triggers=list(triggers),
        logging=logging,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=PRINTED)),
    )


def google_command(  # noqa: PLR0913 (all but four by name)
    settings: Settings,
    name: str,
    module: str,
    stdin: pulumi.Input[str],
    *,
    triggers: Sequence[pulumi.Input[str]] = (),
    opts: pulumi.ResourceOptions,
) -> Command:
    """A module that calls Google's APIs by itself, as whoever runs `pulumi up`."""
    token = settings.google_apis.access_token
    environment: dict[str, pulumi.Input[str]] = {TOKEN_VARIABLE: token} if token else {}
    words = [sys.executable, "-m", module]
    return command(name, words, environment=environment, stdin=stdin, triggers=triggers, opts=opts)
