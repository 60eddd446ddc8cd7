"""All tasks, composed in one place; `fab --list` shows them."""

from __future__ import annotations

from invoke.collection import Collection

from deploy.tasks import (
    admin,
    appoint,
    backup,
    deploy,
    host,
    incident,
    operator,
    restore,
    status,
    sync,
    tokens,
)

namespace = Collection()
for module in (appoint, deploy, host, operator, restore, status):
    for task in Collection.from_module(module).tasks.values():
        namespace.add_task(task)
namespace.add_collection(Collection.from_module(backup, name="backup"))
namespace.add_collection(Collection.from_module(sync, name="sync"))
namespace.add_collection(Collection.from_module(tokens, name="tokens"))
namespace.add_collection(Collection.from_module(admin, name="admin"))
namespace.add_collection(Collection.from_module(incident, name="incident"))
