"""Previews a committed stack offline: with its own settings, invented secrets, and the local providers.

Nothing is asked of Google and nothing is kept. The providers check each resource against Google's own
descriptions, and would refuse to create anything for a project whose id does not begin with `demo-`.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from pathlib import Path

import yaml

from infra import settings
from local import project_file
from local.environment import search_path
from local.toolchain import policy_pack
from local.world import ROOT, WorldError

INVENTED_BYTES = 32


def preview(stack: str) -> int:
    """Print what `pulumi up` of that stack would create; the exit status of Pulumi."""
    file = ROOT / f"Pulumi.{stack}.yaml"
    if not file.exists():
        raise WorldError(f"there is no {file.name}")
    with tempfile.TemporaryDirectory(prefix="ekklesia-preview-") as made:
        folder = Path(made)
        project_file.write(folder, {})
        (folder / "backend").mkdir()
        _write_settings(folder, stack, yaml.safe_load(file.read_text())["config"])
        _run(folder, "stack", "init", stack, "--secrets-provider", "passphrase", quiet=True)
        for name in settings.SECRETS:
            key = f"{settings.NAMESPACE}:{name}"
            value = secrets.token_hex(INVENTED_BYTES)
            _run(folder, "config", "set", "--secret", key, "-s", stack, given=value, quiet=True)
        return _run(folder, "preview", "-s", stack, "--policy-pack", str(policy_pack.FOLDER))


def _write_settings(folder: Path, stack: str, config: dict[str, object]) -> None:
    """The stack's settings without its secrets, which are encrypted for others."""
    plain = {key: value for key, value in config.items() if not _is_secret(value)}
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": plain}))


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"secure"}


def _run(folder: Path, *arguments: str, given: str = "", quiet: bool = False) -> int:
    """Run the Pulumi CLI. Raises WorldError if a quiet command fails."""
    environment = {
        **os.environ,
        "PATH": search_path(os.environ["PATH"]),
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        # It protects invented secrets for as long as the folder lasts.
        "PULUMI_CONFIG_PASSPHRASE": folder.name,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Without credentials, Google's library would look for a machine of Google's around it.
        "NO_GCE_CHECK": "true",
    }
    command = ["pulumi", *arguments, "--cwd", str(folder), "--non-interactive"]
    done = subprocess.run(command, env=environment, input=given, text=True, capture_output=quiet, check=False)
    if quiet and done.returncode:
        raise WorldError(f"pulumi {arguments[0]}: {(done.stderr or done.stdout).strip()}")
    return done.returncode
