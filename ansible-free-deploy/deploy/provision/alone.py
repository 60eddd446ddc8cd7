"""Nothing is deployed while a host is provisioned: both restart gunicorn, and two at once collide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import LockedError, deploy_lock
from deploy.remote.steps import Steps


@contextmanager
def alone(host: Host, steps: Steps) -> Iterator[None]:
    """Hold the deploys' lock, if the host has one yet. Raises LockedError if another has it.

    A lock that cannot be taken because the host is ill is a warning: provisioning is what mends that.
    """
    with ExitStack() as held:
        if host.run(["test", "-d", layout.SHARED], check=False).status == 0:
            try:
                held.enter_context(deploy_lock(host, "provision"))
            except LockedError:
                raise
            except DeployError as error:
                steps.warn("lock", f"{error.message}; goes on without it")
        yield
