"""command:local:Command: runs a command, such as a deploy, as the real provider does."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from local.provider.command.process import Output, Process, Say
from local.provider.properties import UNKNOWN
from local.provider.resource_type import Call, Inputs, Outputs, Problem, ProviderError, ResourceType
from local.world import PROJECT_PREFIX, World

SHELL = ["/bin/sh", "-c"]
KNOWN = frozenset(
    {"create", "update", "delete", "dir", "environment", "interpreter", "stdin", "triggers", "logging"}
)
SHOWN = {
    "stdout": (True, False),
    "stderr": (False, True),
    "stdoutAndStderr": (True, True),
    "none": (False, False),
}
"""Setting of `logging` → whether standard output and error are shown."""
DEFAULT_LOGGING = "stdoutAndStderr"


class LocalCommand(ResourceType):
    """A command that runs when it is new, when its triggers change, and when it changes itself."""

    pulumi_type = "command:local:Command"
    immutable = frozenset({"triggers"})

    def check(self, call: Call, inputs: Inputs) -> Iterator[Problem]:
        """Refuse inputs that would be ignored."""
        for name in sorted(inputs.keys() - KNOWN):
            yield Problem(name, "the local provider's commands have no such property")
        if (logging := inputs.get("logging")) not in (None, UNKNOWN, *SHOWN):
            yield Problem("logging", f"{logging!r} is none of {', '.join(SHOWN)}")

    def preview(self, call: Call, inputs: Inputs, old: Inputs | None) -> Outputs:
        """The inputs. The output is unknown until the command has run."""
        return {**inputs, "stdout": UNKNOWN, "stderr": UNKNOWN}

    def create(self, call: Call, inputs: Inputs) -> tuple[str, Outputs]:
        """Run `create`."""
        output = self._run(call, inputs.get("create"), inputs, {})
        return f"{call.urn.name}{secrets.token_hex(4)}", _outputs(inputs, output)

    def update(self, call: Call, resource_id: str, old: Inputs, new: Inputs) -> Outputs:
        """Run `update`, or `create` if there is none."""
        command = new.get("update") or new.get("create")
        return _outputs(new, self._run(call, command, new, old))

    def delete(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Run `delete`."""
        self._run(call, outputs.get("delete"), outputs, outputs)

    def read(self, call: Call, resource_id: str, outputs: Inputs) -> tuple[str, Inputs, Outputs]:
        """The old outputs: a command leaves nothing that could be read again."""
        inputs = {name: value for name, value in outputs.items() if name in KNOWN}
        return resource_id, inputs, dict(outputs)

    def _run(self, call: Call, command: str | None, inputs: Inputs, before: Inputs) -> Output:
        if not command:
            return Output(str(before.get("stdout", "")), str(before.get("stderr", "")))
        _require_world(call)
        stdout_shown, stderr_shown = SHOWN[inputs.get("logging") or DEFAULT_LOGGING]
        process = Process(
            arguments=[*(inputs.get("interpreter") or SHELL), command],
            directory=Path(inputs.get("dir") or "."),
            environment={**_previous(before), **(inputs.get("environment") or {})},
            stdin=inputs.get("stdin") or "",
            show_stdout=_shown(call, stdout_shown),
            show_stderr=_shown(call, stderr_shown),
            cancelled=call.cancelled,
        )
        return process.run()


def _require_world(call: Call) -> None:
    """Refuse another project than a world's, since the program's commands deploy."""
    world = World.load(call.urn.stack)
    if not world.project.startswith(PROJECT_PREFIX):
        raise ProviderError(f"the local provider runs no commands for the project {world.project!r}")


def _shown(call: Call, shown: bool) -> Say:
    return call.say if shown else lambda _line: None


def _previous(outputs: Inputs) -> dict[str, str]:
    """The last outputs, which the real provider also passes to the next command."""
    return {
        f"PULUMI_COMMAND_{name.upper()}": str(outputs[name])
        for name in ("stdout", "stderr")
        if outputs.get(name) is not None
    }


def _outputs(inputs: Inputs, output: Output) -> Outputs:
    return {**inputs, "stdout": output.stdout, "stderr": output.stderr}
