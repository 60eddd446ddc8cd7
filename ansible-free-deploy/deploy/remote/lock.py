"""One deploy at a time.

A process on the host holds a kernel lock for as long as the deploy's connection lasts: if the client is
killed or the connection drops, the lock is free. A command of that deploy may still run for a while. It holds
a second, shared lock, and the next deploy waits for that one.
"""

from __future__ import annotations

import getpass
import json
import shlex
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from paramiko.channel import Channel
from paramiko.ssh_exception import SSHException

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import NO, Command, Host, shell_text

GRANTED = b"granted"
BUSY_STATUS = 75
LEFTOVER_SECONDS = 300
RELEASE_SECONDS = 10


def guarded(command: Command) -> str:
    """A command that a later deploy waits for if this one's client dies meanwhile."""
    return f"flock --shared {layout.RUNNING} sh -c {shlex.quote(shell_text(command))}"


class LockedError(DeployError):
    """Somebody else has the lock, or a command of an interrupted deploy is still running."""


@contextmanager
def deploy_lock(host: Host, purpose: str) -> Iterator[None]:
    """Hold the lock. Raises LockedError that says who else has it, since when and for what.

    Raises DeployError if it cannot be taken for another reason.
    """
    channel = host.hold(_holder_script(_holder(purpose)))
    try:
        if not _is_granted(channel):
            # Nothing is held here, so that the lock is another's stops no question.
            host.release()
            if channel.recv_exit_status() != BUSY_STATUS:
                raise DeployError(f"the lock cannot be taken: {_obstacle(host)}")
            raise LockedError(f"locked: {describe_holder(host)}; `fab unlock` takes the lock away from them")
        _wait_for_leftovers(host)
        yield
    finally:
        host.release()
        # If the connection was lost, so was the lock; the error that says why must not be hidden.
        with suppress(SSHException, OSError, EOFError):
            channel.shutdown_write()
            channel.recv_exit_status()


def _wait_for_leftovers(host: Host) -> None:
    """Wait, five minutes at most, for what an interrupted deploy left running."""
    waited = host.run(f"flock --exclusive --timeout {LEFTOVER_SECONDS} {layout.RUNNING} true", check=False)
    if waited.status == NO and not waited.stderr.strip():
        raise LockedError("an interrupted deploy's last command is still running")
    waited.judged("waiting for an interrupted deploy's last command")


def holder(host: Host) -> dict[str, str] | None:
    """Who holds the lock, or None if it is free. Raises RemoteError if that cannot be asked."""
    if host.run(f"flock --nonblock {layout.LOCK} true", check=False).is_yes("asking who holds the lock"):
        return None
    try:
        found = json.loads(host.run(f"cat {layout.LOCK_HOLDER}", check=False).stdout)
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()}


def describe_holder(host: Host) -> str:
    """Who holds the lock, in words."""
    return _described(holder(host) or {})


def _obstacle(host: Host) -> str:
    """Why the lock's file cannot be opened, in the host's words."""
    told = host.run(f": >> {layout.LOCK}", check=False).stderr.strip().splitlines()
    return told[-1] if told else "its file could not be opened a moment ago; try again"


def unlock(host: Host) -> str | None:
    """Take the lock from its holder; who that was, or None if the lock was free.

    The holder's connection is ended with it: a deploy that has lost its lock must not go on.
    """
    found = holder(host)
    if found is None:
        return None
    processes = [found.get("session", ""), found.get("pid", "")]
    if not all(map(str.isdigit, processes)):
        raise DeployError("the lock is held, but by whom is not written down; wait a minute")
    # A session of the user who provisions is not ours to end; without its lock it begins nothing more.
    ended = f"kill -9 {' '.join(processes)} 2>/dev/null"
    end = f"{ended}; flock --timeout {RELEASE_SECONDS} {layout.LOCK} true"
    host.run(end, what="the lock's holder does not end")
    return _described(found)


def _described(found: dict[str, str]) -> str:
    who, since, purpose = (found.get(key, "?") for key in ("who", "since", "for"))
    return f"{who} since {since} for {purpose}"


def _holder(purpose: str) -> dict[str, str]:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return {"who": f"{getpass.getuser()}@{socket.gethostname()}", "since": now, "for": purpose}


def _holder_script(who: dict[str, str]) -> str:
    """Take the lock, say so, and keep it until standard input ends."""
    text = shlex.quote(json.dumps(who))
    return f"""exec 9>>{layout.LOCK}
        flock --nonblock 9 || exit {BUSY_STATUS}
        processes="\\"pid\\": \\"$$\\", \\"session\\": \\"$PPID\\""
        echo {text} | sed "s/}}$/, $processes}}/" > {layout.LOCK_HOLDER}
        echo {GRANTED.decode()}
        exec cat > /dev/null"""


def _is_granted(channel: Channel) -> bool:
    return channel.recv(len(GRANTED)) == GRANTED
