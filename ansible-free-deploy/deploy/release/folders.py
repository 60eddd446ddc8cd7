"""The releases on the host: upload, list, switch, remove."""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.release.archive import Archive
from deploy.release.name import NAME, check_name, tree_hash_of
from deploy.remote import layout
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.lock import guarded
from deploy.remote.steps import Steps
from deploy.remote.verbs import ask

REVISION = "REVISION"
"""A file in each release: the commit that it was made of (see revision.py)."""
NEVER_SERVED = ".never-served"
"""A file in each release until it has served well. It proves that an interrupted deploy left the release."""
PLAN = ".plan-"
"""How the temporary folder begins in which a dry run asks a release that is not deployed."""
PLAN_MINUTES = 60
"""A dry run that was cut off leaves its folder, which goes after this time."""
IN_EACH = "cd {} || exit 1; find . -mindepth 2 -maxdepth 2"
"""Looks into each release; one that cannot be looked into hides no other."""
KEPT = 5
"""How many releases of different content stay, besides the one that serves and the one before."""


def upload(host: Host, archive: Archive, name: str, revision: str) -> None:
    """Upload an archive as a release, with the revision that it was made of.

    It gets its name only once it is complete and its checksum is right.
    """
    partial = f"{layout.RELEASES}/.partial-{check_name(name)}"
    host.upload(io.BytesIO(archive.content), f"{partial}.tar.gz")
    script = f"""set -eu
        umask 022
        echo '{archive.checksum}  {partial}.tar.gz' | sha256sum --check --status || {{
            echo 'the upload is damaged: its checksum differs' >&2; exit 1; }}
        mkdir {partial}
        tar --extract --gzip --no-same-owner --directory {partial} --file {partial}.tar.gz
        # If the disk is full, tee says so; the shell itself would only tell of an I/O error.
        echo {shlex.quote(revision)} | tee {partial}/{REVISION} > /dev/null
        echo {name} | tee {partial}/RELEASE > /dev/null
        touch {partial}/{NEVER_SERVED}
        rm {partial}.tar.gz
        sync --file-system {partial}
        mv {partial} {layout.RELEASES}/{name}"""
    host.run(guarded(script), what="upload")


@contextmanager
def temporary(host: Host, archive: Archive) -> Iterator[str]:
    """An archive's content in a temporary folder on the host, while the block runs."""
    made = host.run(f"mktemp --directory {layout.RELEASES}/{PLAN}XXXXXX", what="temporary folder")
    folder = made.stdout.strip()
    try:
        unpack = f"umask 022; chmod 755 {folder}; tar --extract --gzip --no-same-owner --directory {folder}"
        host.run(unpack, content=archive.content, what="temporary folder")
        yield folder
    finally:
        host.run(["rm", "-rf", folder], what="removal of a temporary folder")


def remove_partial(host: Host) -> None:
    """Remove what interrupted uploads left."""
    old_plans = (
        f"find {layout.RELEASES} -maxdepth 1 -name '{PLAN}*' -mmin +{PLAN_MINUTES} -exec rm -rf {{}} +"
    )
    script = f"rm -rf {layout.RELEASES}/.partial-*; {old_plans}"
    host.run(guarded(script), what="removal of partial uploads")


def remove(host: Host, name: str) -> None:
    """Remove a release, or what an interrupted upload left of it."""
    path = f"{layout.RELEASES}/{check_name(name)}"
    partial = f"{layout.RELEASES}/.partial-{name}"
    # Renamed first: a removal that is interrupted leaves nothing that looks like a release.
    script = f"[ ! -e {path} ] || mv {path} {partial}; rm -rf {partial} {partial}.tar.gz"
    if host.run(guarded(script), check=False).status:
        # Somebody else's files are in it, as after a repair by hand as root.
        ask(host, "remove-release", {"release": name}, what=f"removal of {name}", guard=True)


def names(host: Host) -> list[str]:
    """All complete releases in the order in which they came to the host, by its own clock."""
    by_age = f"{IN_EACH.format(layout.RELEASES)} -name RELEASE -printf '%T@ %h\\n' || true"
    rows = (line.split() for line in host.run(by_age, what="list of releases").stdout.splitlines())
    found = sorted((float(came), path.rpartition("/")[2]) for came, path in rows)
    return [name for _, name in found if NAME.fullmatch(name)]


def never_served(host: Host) -> list[str]:
    """The releases that say themselves that they never served well."""
    listed = f"{IN_EACH.format(layout.RELEASES)} -name {NEVER_SERVED} -printf '%h\\n' || true"
    paths = host.run(listed, what="list of releases").stdout.split()
    return [name for path in paths if NAME.fullmatch(name := path.rpartition("/")[2])]


def mark_as_served(host: Host, name: str, steps: Steps) -> None:
    """A release has served well, so that it is no leftover of a deploy."""
    try:
        host.run(["rm", "-f", f"{layout.RELEASES}/{check_name(name)}/{NEVER_SERVED}"], what="mark")
    except RemoteError as error:
        steps.warn(f"{name} has served well", f"that cannot be marked: {error.message}")


def serving(host: Host) -> str | None:
    """The release that `current` leads to, or None if nothing is deployed."""
    target = host.run(f"readlink {layout.CURRENT} || true").stdout.strip()
    name = target.rpartition("/")[2]
    return name if NAME.fullmatch(name) else None


def revisions(host: Host) -> dict[str, str]:
    """The revision that each release was made of, for those that say it."""
    told = host.run(f"cd {layout.RELEASES} && grep -H '' */{REVISION} 2>/dev/null || true").stdout
    pairs = (line.partition(f"/{REVISION}:") for line in told.splitlines())
    return {name: revision for name, _, revision in pairs}


def require_release(host: Host) -> str:
    """The release that serves. Raises DeployError if there is none."""
    name = serving(host)
    if not name:
        raise DeployError("nothing is deployed")
    return name


def switch(host: Host, name: str) -> None:
    """Make `current` lead to a release, in one step: there is no moment without one."""
    ask(host, "switch", {"release": check_name(name)}, guard=True)


def clear_bytecode(host: Host, name: str) -> None:
    """Remove compiled Python files, which could outlive their sources."""
    folder = shlex.quote(f"{layout.RELEASES}/{name}/backend")
    host.run(guarded(f"find {folder} -name __pycache__ -type d -prune -exec rm -rf {{}} +"))


def abandoned(never_served: list[str], good: list[str], serving: str | None) -> list[str]:
    """The releases that interrupted deploys left: they say so, and the journal does not know better."""
    return [name for name in never_served if name not in good and name != serving]


def removable(all_names: list[str], kept: set[str | None], count: int = KEPT) -> list[str]:
    """The releases that may go, of all in the order of their age: not those kept, not the newest few.

    Of each content only the newest counts, so that deploying the same once more pushes nothing else out.
    """
    newest = {tree_hash_of(name): name for name in all_names}
    by_age = [name for name in all_names if newest[tree_hash_of(name)] == name]
    stay = kept | set(by_age[-count:])
    return [name for name in all_names if name not in stay]
