"""The commands of the one-machine world: `python -m local up`, `down`, `status` … (`make` calls these)."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from local import doctor, lifecycle, program_logs, stack_preview, status
from local.environment import extend_path, write_shell_file
from local.logins import Logins
from local.stack_settings import PROVIDERS, TREATMENTS, Google
from local.steps import Steps
from local.sync_run import run_full
from local.toolchain import catalogue
from local.world import DEFAULT_NAME, World, WorldError

LOG_WIDTH = 160
"""Columns of a line if the output goes to a file or to another program."""
ENVIRONMENT = """\
environment:
  EKKLESIA_GCP_PLUGIN               the folder of Google's Pulumi plugin, instead of the fetched one
  FIRESTORE_EMULATOR_JAR            the Firestore emulator's jar to use instead of gcloud's or a fetched one
  EKKLESIA_FIREBASE_MIRROR          where that jar is fetched from, instead of https://storage.googleapis.com
  EKKLESIA_MAVEN_MIRROR             the same for PostgreSQL 10, instead of https://repo1.maven.org/maven2
  EKKLESIA_DEBIAN_MIRROR            the same for the host's image, instead of http://deb.debian.org/debian
  EKKLESIA_DEBIAN_SECURITY_MIRROR   and for its security updates
"""
Command = Callable[[argparse.Namespace, Console], int]
NEEDS_ROOT = frozenset({"up", "down", "clean", "status", "sync", "code"})
"""Commands that need root: for mounts, networks, the supervisor's socket, and files that root made."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. An error that the user can correct is one line."""
    options = _parser().parse_intermixed_args(arguments)
    extend_path()
    if options.command in NEEDS_ROOT and os.geteuid() != 0:
        return _as_root(arguments)
    console = Console(stderr=options.json, width=None if sys.stdout.isatty() else LOG_WIDTH)
    try:
        return COMMANDS[options.command](options, console)
    except WorldError as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description=__doc__,
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("programs", nargs="*", help="logs: only these programs")
    parser.add_argument("--world", default=DEFAULT_NAME, help="the world's name (default: %(default)s)")
    parser.add_argument("--stack", default="prod", help="preview: the stack's name (default: %(default)s)")
    parser.add_argument(
        "--google", choices=TREATMENTS, help="up: how Google treats the project (default: as it did before)"
    )
    parser.add_argument(
        "--seed", type=int, help="up: what a new project's delays and refusals are drawn from"
    )
    parser.add_argument(
        "--provider", choices=PROVIDERS, help="up: our own Pulumi provider, or Google's (default: as before)"
    )
    parser.add_argument("--json", action="store_true", help="up, status: a JSON object on standard output")
    parser.add_argument("--yes", action="store_true", help="clean: do not ask")
    parser.add_argument("--once", action="store_true", help="logs: do not follow")
    return parser


def _as_root(arguments: Sequence[str]) -> int:
    """Run the same command through sudo, in the same environment. (sudo has a PATH of its own.)"""
    if not shutil.which("sudo"):
        print("no root: run this as root, or install sudo", file=sys.stderr)
        return 1
    path = f"PATH={os.environ['PATH']}"
    command = ["sudo", "--preserve-env", "env", path, sys.executable, "-m", "local", *arguments]
    return subprocess.run(command, check=False).returncode


def _up(options: argparse.Namespace, console: Console) -> int:
    steps = Steps(console)
    arrival = lifecycle.up(options.world, steps, Google(options.google, options.seed, options.provider))
    if options.json:
        print(json.dumps(arrival.as_json(), indent=1, ensure_ascii=False))
    else:
        lifecycle.print_arrival(arrival, console)
    return 0


def _down(options: argparse.Namespace, console: Console) -> int:
    lifecycle.down(World.load(options.world), Steps(console))
    return 0


def _clean(options: argparse.Namespace, console: Console) -> int:
    world = World.load(options.world)
    if not options.yes and not _confirmed(world):
        raise WorldError("nothing removed; `--yes` confirms where there is no one to ask")
    lifecycle.clean(world, Steps(console))
    return 0


def _confirmed(world: World) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(f"Remove all data of world {world.name!r} ({world.state})? Type its name: ") == world.name


def _status(options: argparse.Namespace, console: Console) -> int:
    found = status.examine(World.load(options.world))
    if options.json:
        print(json.dumps(found.as_json(), indent=1, ensure_ascii=False))
    elif found.services:
        status.print_status(found, console)
    else:
        raise WorldError(f"world {options.world!r} is down; `make up` brings it up")
    return 0 if found.is_well else 1


def _logs(options: argparse.Namespace, console: Console) -> int:
    program_logs.follow(World.load(options.world), options.programs, console, once=options.once)
    return 0


def _doctor(options: argparse.Namespace, console: Console) -> int:
    return doctor.report(doctor.examine(options.world), console)


def _env(options: argparse.Namespace, console: Console) -> int:  # noqa: ARG001
    console.print(f". {write_shell_file()}", highlight=False, soft_wrap=True)
    return 0


def _code(options: argparse.Namespace, console: Console) -> int:
    console.print(Logins(World.load(options.world)).authenticator().code(), highlight=False)
    return 0


def _preview(options: argparse.Namespace, console: Console) -> int:  # noqa: ARG001
    return stack_preview.preview(options.stack)


def _sync(options: argparse.Namespace, console: Console) -> int:
    steps = Steps(console)
    with steps.step("full sync") as say:
        say(str(run_full(World.load(options.world), say)))
    return 0


def _toolchain(options: argparse.Namespace, console: Console) -> int:  # noqa: ARG001
    catalogue.ensure_all(console)
    return 0


COMMANDS: dict[str, Command] = {
    "up": _up,
    "down": _down,
    "clean": _clean,
    "status": _status,
    "logs": _logs,
    "doctor": _doctor,
    "env": _env,
    "preview": _preview,
    "sync": _sync,
    "code": _code,
    "toolchain": _toolchain,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
