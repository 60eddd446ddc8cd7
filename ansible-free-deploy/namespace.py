"""All tasks, composed in one place; `fab --list` shows them."""

from __future__ import annotations

import backup_tasks
import deploy_tasks
import host_tasks
import reaching_tasks
import restore_tasks
import sync_tasks
from invoke.collection import Collection

namespace = Collection.from_module(host_tasks)
for module in (deploy_tasks, reaching_tasks, restore_tasks, sync_tasks):
    for task in Collection.from_module(module).tasks.values():
        namespace.add_task(task)
namespace.add_collection(Collection.from_module(backup_tasks, name="backup"))
