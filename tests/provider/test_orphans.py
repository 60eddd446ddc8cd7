"""A plugin ends when its engine was killed: it would go on beside the plugins of the next run."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from local.world import ROOT

ENDED_WITHIN_SECONDS = 30
ENGINE = """
import subprocess, sys
plugin = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
plugin.stdout.readline()  # its port
print(plugin.pid, flush=True)
plugin.wait()
"""


@pytest.mark.parametrize(
    "plugin",
    [
        "provider/gcp/pulumi-resource-gcp",
        "provider/command/pulumi-resource-command",
        "language_host/pulumi-language-python",
    ],
)
def test_a_plugin_ends_with_an_engine_that_was_killed(plugin: str) -> None:
    command = [sys.executable, "-c", ENGINE, str(ROOT / "local" / plugin), "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout
        orphan = psutil.Process(int(engine.stdout.readline()))
        engine.kill()
    orphan.wait(ENDED_WITHIN_SECONDS)
