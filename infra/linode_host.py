"""The Debian host that runs Django: provisioned, configured and deployed by the Fabric tasks.

Fabric reads the host's address and user from the stack's own file. Secrets go through standard input: Pulumi
keeps it encrypted, and a process list does not show it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import pulumi
from pulumi_command.local import Command, Logging

from infra.command import command
from infra.content_hash import content_hash
from infra.names import ROOT

TASKS = ROOT / "ansible-free-deploy"
DJANGO = ROOT / "linode"
BODY_LIMITS = DJANGO / "backend" / "ekklesia" / "body_limits.json"
"""Django's file, from which nginx has its limits too."""


class LinodeHost(pulumi.ComponentResource):
    """The host, in two steps: it is provisioned and has its own keys; then it is configured and serves."""

    nudge_keys: pulumi.Output[str]
    """The public half of the key that signs nudges, as a JWKS (JSON)."""
    backup_keys: pulumi.Output[str]
    """The public half of the key that signs for the host's backup, as a JWKS (JSON)."""

    def __init__(self, runtime: str | None) -> None:
        super().__init__("ekklesia:infra:LinodeHost", "linode-host")
        self._runtime = runtime
        # A host that is as wanted needs no password, and Pulumi has no terminal to ask for one on.
        self._provisioned = self._fabric(
            "provision",
            ["--if-changed"],
            triggers=[content_hash(TASKS), content_hash(DJANGO / "host"), _digest(BODY_LIMITS)],
        )
        self.nudge_keys = self._public_keys("nudge-key")
        self.backup_keys = self._public_keys("backup-key")
        self.register_outputs({})

    def accept(self, tokens: pulumi.Input[Mapping[str, str]], after: Sequence[pulumi.Resource]) -> Command:
        """Have Django take the functions' present tokens (function → digest) beside those that it knows."""
        return self._fabric(
            "tokens.accept",
            stdin=pulumi.Output.secret(pulumi.Output.json_dumps({"tokens": tokens}, sort_keys=True)),
            logging=Logging.NONE,
            triggers=[self._provisioned.id],
            after=after,
        )

    def serve(
        self,
        environment: Mapping[str, pulumi.Input[str]],
        offsite: Mapping[str, pulumi.Input[str]],
        tokens: pulumi.Input[Mapping[str, str]],
        after: Sequence[pulumi.Resource],
    ) -> pulumi.Resource:
        """Configure the host (secrets included) and deploy; each only if something changed.

        `environment` is Django's; `offsite` says where copies of backups go. The functions have the new
        `tokens` by now, so the old ones are told to end.
        """
        configuration = {"environment": dict(environment), "offsite": dict(offsite), "tokens": tokens}
        configured = self._fabric(
            "configure",
            stdin=pulumi.Output.secret(pulumi.Output.json_dumps(configuration, sort_keys=True)),
            logging=Logging.NONE,
            triggers=[self._provisioned.id],
            after=after,
        )
        runtime = [self._runtime] if self._runtime else []
        return self._fabric("deploy", triggers=[content_hash(DJANGO), *runtime], after=[configured])

    def _public_keys(self, task: str) -> pulumi.Output[str]:
        printed = self._fabric(task, logging=Logging.STDERR, triggers=[self._provisioned.id])
        # What a command prints is secret, but these keys are public.
        return pulumi.Output.unsecret(printed.stdout).apply(str.strip)

    def _fabric(  # noqa: PLR0913 (all but two by name)
        self,
        task: str,
        options: Sequence[str] = (),
        *,
        triggers: Sequence[pulumi.Input[str]],
        after: Sequence[pulumi.Resource] = (),
        stdin: pulumi.Input[str] | None = None,
        logging: Logging = Logging.STDOUT_AND_STDERR,
    ) -> Command:
        return command(
            f"host-{task.replace('.', '-')}",
            [str(Path(sys.executable).parent / "fab"), task, *options],
            environment={"FABRIC_STACK": pulumi.get_stack()},
            stdin=stdin,
            logging=logging,
            triggers=triggers,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
