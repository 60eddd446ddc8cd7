"""All tasks, composed in one place; `fab --list` shows them."""

from __future__ import annotations

import deploy_tasks
import host_tasks
from invoke.collection import Collection

namespace = Collection.from_module(host_tasks)
for task in Collection.from_module(deploy_tasks).tasks.values():
    namespace.add_task(task)
