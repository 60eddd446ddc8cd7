"""`python -m tools check`, `format` and `access`; `make` and the commit hooks call nothing else."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from local.environment import extend_path
from local.world import ROOT
from tools.checkers import CHECKERS, FORMATTERS
from tools.running import run_each


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 if all of it ended well."""
    options = _parser().parse_args(arguments)
    extend_path()
    if options.command == "format":
        return run_each(FORMATTERS, at_once=1)
    if options.command == "access":
        return _access()
    chosen = [checker for checker in CHECKERS if not options.names or checker.name in options.names]
    return run_each(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="report what the checkers find")
    # `choices` would refuse the empty list, which stands for all of them.
    check.add_argument("names", nargs="*", type=_known, help="only these checkers")
    commands.add_parser("format", help="format the sources and repair what can be repaired")
    commands.add_parser("access", help="write docs/access.md from the Pulumi program")
    return parser


def _access() -> int:
    # Pulumi's libraries take seconds to import; the checkers need none of them.
    from tools import access, program_run  # noqa: PLC0415

    program = program_run.run_program(program_run.settings_of(access.SETTINGS))
    print(f"written: {access.write(program).relative_to(ROOT)}")
    return 0


def _known(name: str) -> str:
    names = [checker.name for checker in CHECKERS]
    if name not in names:
        raise argparse.ArgumentTypeError(f"no checker {name!r}; there are {', '.join(names)}")
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
