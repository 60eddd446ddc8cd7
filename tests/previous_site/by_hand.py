"""A host built by hand as production's was: Python 3.6, PostgreSQL 10, Django in /felagar, user `manager`.

Fabric knows nothing of it yet. The site is this repository's own without the last migrations, so the first
deploy has a register to copy and migrations to apply.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from local.seed.register import members
from local.toolchain import postgresql10
from local.world import ROOT, stack_file
from tests.host.live_host import LiveHost
from tests.linode.runtimes import LEGACY

SCRIPT = Path(__file__).parent / "build_by_hand.sh"
MEMBERS = 200
DATABASE = "felagakerfi"
LOGIN = ("stjorn", "gamalt-lykilord")
"""The login of the person who kept the register there."""
SECTION = "ekklesia:linode"


def build(host: LiveHost) -> None:
    """Build the previous site on a bare host."""
    root = host.machine.root
    programs = postgresql10.programs()
    assert programs, "PostgreSQL 10 is not here; `make up` brings it"
    shutil.copytree(programs.parent, root / "usr/lib/postgresql/10", symlinks=True)
    packages = next((LEGACY.build().parent.parent / "lib").glob("python3.6/site-packages"))
    shutil.copytree(packages, root / "root/packages")
    shutil.copytree(
        ROOT / "linode/backend", root / "felagar", ignore=shutil.ignore_patterns("__pycache__", "static")
    )
    lines = (json.dumps(member, ensure_ascii=False) for member in islice(members(), MEMBERS))
    (root / "root/register.jsonl").write_text("\n".join(lines))
    domains = ",".join(settings(host)["domains"])
    typed = subprocess.run(
        [*_ssh_as_root(host), "sh", "-s", domains],
        input=SCRIPT.read_text(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert typed.returncode == 0, typed.stdout + typed.stderr


def settings(host: LiveHost) -> dict[str, Any]:
    """What the stack's file says about the host."""
    return dict(yaml.safe_load(stack_file(host.world.name).read_text())["config"][SECTION])


def change_settings(host: LiveHost, changes: Mapping[str, object]) -> None:
    """Change what the stack's file says about the host."""
    path = stack_file(host.world.name)
    content = yaml.safe_load(path.read_text())
    content["config"][SECTION] |= changes
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def _ssh_as_root(host: LiveHost) -> list[str]:
    """The login as root, which a bare host allows and provisioning forbids."""
    keys = host.machine.ssh
    options = [f"-oUserKnownHostsFile={keys / 'known_hosts'}", "-oIdentitiesOnly=yes", "-oBatchMode=yes"]
    return ["ssh", "-F/dev/null", *options, f"-i{keys / 'id_ed25519'}", f"root@{host.address}"]
