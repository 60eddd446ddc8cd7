"""The vocabulary of the host's root-owned program, by which the user who deploys has things done as root.

`linode/host/ekklesia_host` is the program; its `vocabulary.json` is the one list of verbs. The arguments of a
verb travel as the first line of its input, so neither sudo's log nor a process list shows them.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import IO, Any

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host, Result
from deploy.remote.lock import guarded
from deploy.remote.stack_file import ROOT

VOCABULARY = ROOT / "linode" / "host" / "ekklesia_host" / "vocabulary.json"
WORDS = "words"
"""The kind of argument that is a list of texts."""
MISSING_STATUSES = frozenset({1, 127})
NOT_ALLOWED = re.compile(r"^sudo: (?!unable to resolve host)", re.MULTILINE)
"""Its words differ between versions: a password, a terminal or authentication is required."""

Argument = str | bool | list[str]


def ask(  # noqa: PLR0913 (all but two by name)
    host: Host,
    verb: str,
    arguments: Mapping[str, Argument] | None = None,
    *,
    what: str = "",
    content: str = "",
    check: bool = True,
    guard: bool = False,
) -> Result:
    """Have a verb done with `content` as its input; its output and exit status.

    With `guard`, a later deploy waits for its end. Raises RemoteError, naming `what` was tried, if it fails
    and `check` is on, and DeployError if the host does not know the program or refuses this user.
    """
    command = guarded(command_of(verb)) if guard else command_of(verb)
    sent = request(verb, arguments) + content.encode()
    result = host.run(command, what=what or verb, content=sent, check=False)
    if result.status in MISSING_STATUSES and (told := NOT_ALLOWED.search(result.stderr)):
        why = result.stderr[told.start() :].splitlines()[0]
        raise DeployError(f"{host.user} may not ask the host for this; run `fab provision` first ({why})")
    return result.judged(what or verb) if check else result


def stream(
    host: Host, verb: str, arguments: Mapping[str, Argument], standard_input: IO[bytes] | None = None
) -> int:
    """Have a verb done with its output going straight to this terminal; its exit status."""
    return host.stream(command_of(verb), before=request(verb, arguments), standard_input=standard_input)


def receive(host: Host, verb: str, arguments: Mapping[str, Argument], into: IO[bytes], *, what: str) -> None:
    """Have a verb done, and write its output to a file, byte by byte and however long."""
    host.receive(command_of(verb), into, before=request(verb, arguments), what=what)


def command_of(verb: str) -> str:
    """The shell command of a verb."""
    if verb not in vocabulary()["verbs"]:
        raise DeployError(f"{verb!r} is no verb of the host's program")
    return shlex.join(["sudo", "-n", "--", layout.HOST_COMMAND, verb])


def request(verb: str, arguments: Mapping[str, Argument] | None = None) -> bytes:
    """The first line of a verb's input. Raises DeployError for what the host would refuse."""
    wanted = vocabulary()["verbs"][verb]
    given = {name: _told(value) for name, value in (arguments or {}).items()}
    if given.keys() != wanted.keys():
        raise DeployError(f"{verb} takes exactly these arguments: {', '.join(wanted) or 'none'}")
    for name, value in given.items():
        form = vocabulary()["kinds"][wanted[name]]
        fits = bool(value) if wanted[name] == WORDS else bool(re.fullmatch(form, str(value), re.ASCII))
        if not fits or isinstance(value, list) != (wanted[name] == WORDS):
            raise DeployError(f"{value!r} cannot be the {name} of {verb}")
    return f"{json.dumps(given)}\n".encode()


@cache
def vocabulary() -> dict[str, Any]:
    """The verbs with the kind of each argument, and the form of each kind."""
    return dict(json.loads(VOCABULARY.read_text()))


def _told(value: Argument) -> str | list[str]:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value
