"""The Python environment of a release: one per set of requirements and interpreter, shared by releases.

A host takes the current requirements. It takes the legacy ones, for Python 3.6, if the stack's setting
`runtime` asks for them or if what serves still runs on that Python (docs/upgrade.md).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from deploy.legacy.django import wheel_file
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import guarded

LEGACY_REQUIREMENTS = "requirements/legacy.txt"
CURRENT_REQUIREMENTS = "requirements/current.txt"
COMPLETE = ".complete"
"""A file in an environment that was made to its end. It holds the checksum of what was installed."""
CONTENTS = "find . -type f ! -name '*.pyc' ! -path ./.complete -printf '%s %p\\n' | LC_ALL=C sort | sha256sum"
"""The checksum of an environment: its files with their sizes."""
SECOND = "-b"
"""An environment that serves is not made again in its own place: what serves would lose it meanwhile."""
WHEELS = f"{layout.ENVIRONMENTS}/.wheels"
"""What is uploaded for an environment that is being made."""
LEGACY_PYTHON = "python3.6"
CURRENT_PYTHON = "python3"
OLDEST_CURRENT = (3, 11)
"""requirements/current.txt is pinned for it; an older one needs libraries that are not in there."""


@dataclass(frozen=True)
class Environment:
    """The environment that a release needs: its folder, its interpreter and its requirements."""

    folder: str
    interpreter: str
    requirements: str


def ensure_environment(host: Host, release: str) -> bool:
    """Link the environment that a release needs into the release; whether it had to be made first.

    One that is marked as complete, but is not what was installed, is made again. Raises DeployError if what
    was made is not whole.
    """
    folder = f"{layout.RELEASES}/{release}"
    environment, is_whole = _first_whole(host, wanted(host, folder))
    if not is_whole:
        _bring_wheels(host, environment)
        host.run(guarded(_build_script(environment, folder)), what="Python environment")
        if not _is_whole(host, environment.folder):
            raise DeployError(f"{environment.folder} was made, but it does not hold what a release needs")
    _link(host, environment.folder, folder)
    return not is_whole


def mend_environment(host: Host, release: str) -> bool:
    """Make the environment of a release if the one that it is linked to is missing or broken; whether so."""
    linked = _linked(host, f"{layout.RELEASES}/{release}")
    return not (linked and _is_whole(host, linked)) and ensure_environment(host, release)


def is_as_wanted(host: Host, folder: str) -> bool:
    """Whether a release, by its folder, has the environment that it would get now, and that is whole."""
    linked = _linked(host, folder)
    return linked in _places(wanted(host, folder)) and _is_whole(host, linked)


def link_what_there_is(host: Host, folder: str) -> str | None:
    """Link an environment into a folder without making one: the wanted one, else the serving release's.

    The limit of what that environment can tell, in words, if there is one; None if there is no environment.
    """
    environment, is_whole = _first_whole(host, wanted(host, folder))
    if is_whole:
        _link(host, environment.folder, folder)
        return ""
    serving = _linked(host, layout.CURRENT)
    if not serving:
        return None
    _link(host, serving, folder)
    return "as far as the libraries that serve now can tell"


def wanted(host: Host, folder: str) -> Environment:
    """The environment of a release, by its folder. Raises DeployError if the host lacks its Python."""
    legacy = _is_legacy(host)
    interpreter = LEGACY_PYTHON if legacy else CURRENT_PYTHON
    requirements = f"{folder}/{LEGACY_REQUIREMENTS if legacy else CURRENT_REQUIREMENTS}"
    version = _version(host, interpreter)
    if not legacy and version < OLDEST_CURRENT:
        found = f"{version[0]}.{version[1]}"
        raise DeployError(f"the host's {interpreter} is {found}; the newest runtime needs 3.11")
    command = f"{{ {interpreter} -VV; cat {requirements}; }} | sha256sum | cut -c-12"
    digest = host.run(command, what="Python requirements").stdout.strip()
    name = f"python{version[0]}.{version[1]}-{digest}"
    return Environment(f"{layout.ENVIRONMENTS}/{name}", interpreter, requirements)


def _is_legacy(host: Host) -> bool:
    """Whether the legacy runtime is wanted: the stack asks for it, or the host has not left it yet."""
    chosen = host.stack.linode.runtime
    if chosen == "current" or (chosen is None and not _is_still_on_legacy(host)):
        return False
    if host.run(f"command -v {LEGACY_PYTHON}", check=False).status:
        raise DeployError(f"the legacy runtime is wanted, and the host has no {LEGACY_PYTHON}")
    return True


def _is_still_on_legacy(host: Host) -> bool:
    """What serves runs on Python 3.6: a release of ours, or the previous site before the first of them."""
    serving = _linked(host, layout.CURRENT)
    return is_legacy(serving) if serving else host.stack.linode.previous_site is not None


def is_legacy(environment: str) -> bool:
    """Whether an environment, by its folder, is one of Python 3.6."""
    return environment.rpartition("/")[2].startswith(f"{LEGACY_PYTHON}-")


def _version(host: Host, interpreter: str) -> tuple[int, int]:
    asked = f"{interpreter} -c 'import sys; print(*sys.version_info[:2])'"
    major, minor = host.run(asked, what=interpreter).stdout.split()
    return int(major), int(minor)


def _places(environment: Environment) -> tuple[str, str]:
    return environment.folder, environment.folder + SECOND


def _first_whole(host: Host, environment: Environment) -> tuple[Environment, bool]:
    """The environment where it is whole, else where nothing serves from it; and whether it is whole."""
    places = _places(environment)
    for place in places:
        if _is_whole(host, place):
            return replace(environment, folder=place), True
    serving = _linked(host, layout.CURRENT)
    return replace(environment, folder=next(place for place in places if place != serving)), False


def _is_whole(host: Host, folder: str) -> bool:
    """Whether it was made to its end, holds what was installed then, and its Python starts.

    One from before there was a checksum has an empty mark, and is taken if Django can be loaded from it.
    """
    script = f"""cd {folder} 2>/dev/null && test -e {COMPLETE} || exit 1
        bin/python -c 'import django, gunicorn' 2>/dev/null || exit 1
        [ ! -s {COMPLETE} ] || [ "$({CONTENTS})" = "$(cat {COMPLETE})" ]"""
    return host.run(script, check=False).status == 0


def _linked(host: Host, folder: str) -> str:
    """The environment that a release, by its folder, is linked to; empty if there is none."""
    return host.run(f"readlink {folder}/environment || true", what="Python environment").stdout.strip()


def _link(host: Host, environment: str, folder: str) -> None:
    host.run(guarded(f"ln -sfn {environment} {folder}/environment"), what="Python environment")


def _bring_wheels(host: Host, environment: Environment) -> None:
    """Upload what no package index has: the legacy runtime's Django."""
    host.run(guarded(f"rm -rf {WHEELS}; mkdir {WHEELS}"), what="Python environment")
    if environment.requirements.endswith(LEGACY_REQUIREMENTS):
        wheel = wheel_file(shared=host.stack.wheels, tell=_tell)
        with wheel.open("rb") as content:
            host.upload(content, f"{WHEELS}/{wheel.name}")


def _tell(line: str) -> None:
    """Beside the steps, on standard error: it is worth knowing, and nothing failed."""
    print(line, file=sys.stderr, flush=True)


def _build_script(environment: Environment, folder: str) -> str:
    """An environment cannot be moved, so a file marks it as complete; one without the mark is made anew."""
    quiet = f"--quiet --disable-pip-version-check --require-hashes --find-links {WHEELS}"
    target = environment.folder
    return f"""set -eu
        umask 022
        export HTTPS_PROXY={layout.EGRESS_URL} HTTP_PROXY={layout.EGRESS_URL}
        rm -rf {target}
        {environment.interpreter} -m venv {target}
        {target}/bin/pip install {quiet} --requirement {folder}/requirements/pip.txt
        {target}/bin/pip install {quiet} --requirement {environment.requirements}
        rm -r {WHEELS}
        sync --file-system {target}
        cd {target}
        {CONTENTS} > {COMPLETE}"""


def prune_environments(host: Host) -> None:
    """Remove environments that no release is linked to."""
    script = f"""set -eu
        used=$(readlink {layout.RELEASES}/*/environment || true)
        for folder in {layout.ENVIRONMENTS}/*; do
            case "$used" in *"$folder"*) ;; *) rm -rf "$folder" ;; esac
        done"""
    host.run(guarded(script), what="removal of old environments")
