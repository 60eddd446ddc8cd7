"""How Fabric runs the tasks here; `fabric.yaml` names the executor.

Words after `--` are those of a task's own command, as they were typed: Fabric would join them by blanks and
run them as a shell command on hosts given with `-H`. And a DeployError ends a task in one line.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from fabric.executor import Executor
from invoke.exceptions import Exit

from deploy.remote.errors import DeployError
from deploy.remote.plain_text import plain

TAKES_WORDS = "manage"
ENOUGH = 141
"""As of a program that the signal SIGPIPE ends."""


class TaskExecutor(Executor):  # type: ignore[misc] # Published without types.
    """Leaves the words to the task that takes them, and refuses them with any other."""

    def execute(self, *tasks: Any) -> Any:
        """Fabric's own; what a person can mend is told without a traceback."""
        try:
            return super().execute(*tasks)
        except DeployError as error:
            raise Exit(plain(error.message), error.code) from error
        except BrokenPipeError as error:
            # Whoever read it has enough, as in `fab logs | head`. Python would complain at its end once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Exit(code=ENOUGH) from error

    def expand_calls(self, calls: list[Any], apply_hosts: bool = True) -> Any:
        """Fabric's own, with no command of Fabric's behind the tasks."""
        if self.core.remainder and [call.task.name for call in calls] != [TAKES_WORDS]:
            raise DeployError(f"what stands after `--` is for `fab {TAKES_WORDS}` alone")
        self.core.remainder = ""
        return super().expand_calls(calls, apply_hosts)


def words_after_dashes(arguments: list[str] = sys.argv) -> list[str]:
    """The words after `--`, each whole."""
    return arguments[arguments.index("--") + 1 :] if "--" in arguments else []
