"""Runs the production program on this machine: `pulumi up` with the policies, its progress in one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from local import gcp_plugin, pulumi_stack
from local.steps import Say
from local.toolchain import policy_pack
from local.world import World, WorldError

RESOURCE_LINE = re.compile(r"^\s*[+~\-@>]+\s+(?P<type>[\w-]+:\S+)\s+(?P<name>\S+)\s+(?P<doing>[a-z]+)")
COUNT_LINE = re.compile(
    r"^\s+(?:[+~\-]+ )?(?P<count>\d+) (?P<what>created|updated|deleted|replaced|unchanged)$"
)
DIAGNOSTICS = "Diagnostics:"
VIOLATION = re.compile(r"^ +- (\[mandatory\] .*(?:\n {10}.*)+)", re.MULTILINE)
"""A violated policy and the indented lines below it, as Pulumi prints them."""
PENDING = "pending operations from previous deployment"
"""What Pulumi says if an earlier run was cut off."""
STACK_TYPE = "pulumi:pulumi:Stack"
SHOWN_LINES = 12
"""How many lines a failed resource shows; the log has the rest."""


@dataclass
class _Watcher:
    """Takes from Pulumi's output what the line of progress shows and what a failure has to show."""

    say: Say
    lines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        if resource := RESOURCE_LINE.match(line):
            self.say(f"{resource['doing']} {resource['type'].split(':')[-1]} {resource['name']}")
        if count := COUNT_LINE.match(line):
            self.counts[count["what"]] = int(count["count"])

    def diagnostics(self) -> str:
        """The violated policies, and the last lines of each failed resource."""
        text = "\n".join(self.lines)
        summary, _, complaint = text.partition(DIAGNOSTICS)
        violations = VIOLATION.findall(summary)
        blocks = [block.rstrip() for block in re.split(r"^  (?=\S)", complaint, flags=re.MULTILINE)]
        failed = [block for block in blocks if "error:" in block]
        named = [block for block in failed if not block.startswith(STACK_TYPE)]
        shown = named or ([] if violations else failed)
        return "\n".join([*violations, *map(_end_of, shown)]) or text


RELEASED_BY_A_COMMAND = ("gcp:firebaserules/release:Release", "gcp:firebaserules/ruleset:Ruleset")
"""Types that the program had up to 0.2. Deleting them would take the rules away that it releases now."""


def bring_up(world: World, say: Say) -> dict[str, int]:
    """Run `pulumi up`; return how many resources it created, changed … Raises WorldError if it fails."""
    watcher = _Watcher(say)
    pulumi_stack.unlock_if_abandoned(world.name)
    pulumi_stack.drop_cut_off_attributes(world.name)
    pulumi_stack.forget(world.name, RELEASED_BY_A_COMMAND)
    log = world.state / "logs" / "pulumi.log"
    options = ["--yes", "--skip-preview", "--policy-pack", str(policy_pack.FOLDER)]
    status = pulumi_stack.stream(
        "up",
        *options,
        "-s",
        world.name,
        line=watcher,
        folder=gcp_plugin.project_folder(world),
        variables=gcp_plugin.variables(world),
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(watcher.lines) + "\n")
    if status:
        raise WorldError(f"pulumi up failed (all of it: {log})\n{watcher.diagnostics()}")
    if PENDING in "\n".join(watcher.lines):
        pulumi_stack.clear_pending(world.name)
    say(", ".join(f"{count} {what}" for what, count in watcher.counts.items()) or "nothing to do")
    return watcher.counts


def _end_of(block: str) -> str:
    header, *rest = block.splitlines()
    return "\n".join([header, *rest[-SHOWN_LINES:]])
