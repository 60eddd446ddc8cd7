"""`python -m tools check`, `format`, `access` and `audit`; `make` and the commit hooks call nothing else."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from local.environment import extend_path
from local.world import ROOT
from tools.audit.command import STATUSES, audit
from tools.audit.sources import SOURCES
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
    if options.command == "audit":
        return audit(options.names, as_json=options.json)
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
    asked = commands.add_parser(
        "audit",
        help="tell known vulnerabilities of the pinned libraries and of the host",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("names", nargs="*", type=_known_source, help="only these lock files, or `host`")
    asked.add_argument("--json", action="store_true", help="for machines")
    return parser


def _access() -> int:
    # Pulumi's libraries take seconds to import; the checkers need none of them.
    from tools import access, program_run  # noqa: PLC0415

    program = program_run.run_program(program_run.settings_of(access.SETTINGS))
    print(f"written: {access.write(program).relative_to(ROOT)}")
    return 0


def _known(name: str) -> str:
    return _one_of("checker", name, [checker.name for checker in CHECKERS])


def _known_source(name: str) -> str:
    return _one_of("source", name, [source.name for source in SOURCES])


def _one_of(kind: str, name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise argparse.ArgumentTypeError(f"no {kind} {name!r}; there are {', '.join(names)}")
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
