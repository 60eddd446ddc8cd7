"""The Python environment of a release: one per set of requirements and interpreter, shared by its releases.

A host with Python 3.6, such as production's, takes the legacy requirements; any other the current ones.
"""

from __future__ import annotations

import layout
from host import Host
from lock import guarded
from release import CURRENT_REQUIREMENTS, LEGACY_REQUIREMENTS

COMPLETE = ".complete"
LEGACY_PYTHON = "python3.6"


def ensure_environment(host: Host, release: str) -> bool:
    """Make the environment that a release needs and link it into the release; whether it had to be made."""
    folder = f"{layout.RELEASES}/{release}"
    name, interpreter, requirements = _choice(host, folder)
    target = f"{layout.ENVIRONMENTS}/{name}"
    made = host.run(f"test -e {target}/{COMPLETE}", check=False).status != 0
    if made:
        script = _build_script(
            target, interpreter, f"{folder}/{requirements}", f"{folder}/requirements/pip.txt"
        )
        host.run(guarded(script), what="Python environment")
    host.run(guarded(f"ln -sfn {target} {folder}/environment"), what="Python environment")
    return made


def _choice(host: Host, folder: str) -> tuple[str, str, str]:
    """The environment's name, its interpreter and its requirements."""
    legacy = host.run(f"command -v {LEGACY_PYTHON}", check=False).status == 0
    interpreter = LEGACY_PYTHON if legacy else "python3"
    requirements = LEGACY_REQUIREMENTS if legacy else CURRENT_REQUIREMENTS
    command = f"{{ {interpreter} -VV; cat {folder}/{requirements}; }} | sha256sum | cut -c-12"
    digest = host.run(command, what="Python requirements").stdout.strip()
    version = host.run(
        f"{interpreter} -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'"
    ).stdout.strip()
    return f"python{version}-{digest}", interpreter, requirements


def _build_script(target: str, interpreter: str, requirements: str, installer: str) -> str:
    """Environments cannot be moved, so an incomplete one is known by the mark it lacks, and made anew."""
    quiet = "--quiet --disable-pip-version-check --require-hashes"
    return f"""set -eu
        umask 022
        rm -rf {target}
        {interpreter} -m venv {target}
        {target}/bin/pip install {quiet} --requirement {installer}
        {target}/bin/pip install {quiet} --requirement {requirements}
        sync --file-system {target}
        touch {target}/{COMPLETE}"""


def prune_environments(host: Host) -> None:
    """Remove environments that no release is linked to."""
    script = f"""set -eu
        used=$(readlink {layout.RELEASES}/*/environment || true)
        for folder in {layout.ENVIRONMENTS}/*; do
            case "$used" in *"$folder"*) ;; *) rm -rf "$folder" ;; esac
        done"""
    host.run(guarded(script), what="removal of old environments")
