"""What stands after `--` on Fabric's command line: the words of a task's own command, as they were typed.

Fabric itself would join them by blanks and run them as a shell command on hosts given with `-H`.
`fabric.yaml` names the executor here instead.
"""

from __future__ import annotations

import sys
from typing import Any

from errors import DeployError
from fabric.executor import Executor

TASK = "manage"


class WordsExecutor(Executor):  # type: ignore[misc] # Published without types.
    """Leaves the words to the task that takes them, and refuses them with any other."""

    def expand_calls(self, calls: list[Any], apply_hosts: bool = True) -> Any:
        """Fabric's own, with no command of Fabric's behind the tasks."""
        if self.core.remainder and [call.task.name for call in calls] != [TASK]:
            raise DeployError(f"what stands after `--` is for `fab {TASK}` alone")
        self.core.remainder = ""
        return super().expand_calls(calls, apply_hosts)


def words_after_dashes(arguments: list[str] = sys.argv) -> list[str]:
    """The words after `--`, each whole."""
    return arguments[arguments.index("--") + 1 :] if "--" in arguments else []
