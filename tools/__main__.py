"""What `make` and the commit hooks call: `python -m tools check`, `format`, `access` and so on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from local.environment import extend_path
from local.world import ROOT
from tools.audit.command import STATUSES, audit
from tools.audit.sources import SOURCES
from tools.checkers import CHECKERS, FORMATTERS
from tools.proof.command import Order, listed, prove
from tools.proof.proofs import PLACES
from tools.running import run_each


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 if all of it ended well."""
    options = _parser().parse_args(arguments)
    extend_path()
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "check": _check,
        "format": lambda _: run_each(FORMATTERS, at_once=1),
        "access": lambda _: _access(),
        "googleapis": lambda _: _google_apis(),
        "audit": lambda options: audit(options.names, as_json=options.json),
        "proof": _proof,
        "mutate": _mutate,
    }
    return commands[options.command](options)


def _check(options: argparse.Namespace) -> int:
    chosen = [checker for checker in CHECKERS if not options.names or checker.name in options.names]
    return run_each(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="report what the checkers find")
    # `choices` would refuse the empty list, which stands for all of them.
    check.add_argument("names", nargs="*", type=_known, help="only these checkers")
    commands.add_parser("format", help="format the sources and repair what can be repaired")
    commands.add_parser("access", help="write docs/access.md and docs/declared.yaml from the Pulumi program")
    commands.add_parser("googleapis", help="write docs/google-apis.md from local/google")
    asked = commands.add_parser(
        "audit",
        help="tell known vulnerabilities of the pinned libraries and of the host",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("names", nargs="*", type=_known_source, help="only these lock files, or `host`")
    asked.add_argument("--json", action="store_true", help="for machines")
    _add_proof(
        commands.add_parser("proof", help="run the long proofs, each until it is done or finds something")
    )
    _add_mutate(commands.add_parser("mutate", help="change one thing of the program at a time: who notices?"))
    return parser


def _add_mutate(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "What was found is kept and used again. Exit status 1: a mutant survives that is not argued."
    )
    parser.add_argument("--size", type=_positive, help="how many mutants, of an order by the seed (all)")
    parser.add_argument("--seed", type=int, default=1, help="what that order begins from (1)")
    parser.add_argument("--shard", type=_shard, default=(1, 1), metavar="K/M", help="only part K of M parts")
    parser.add_argument("--record", action="store_true", help="note in killed.json which test killed which")
    parser.add_argument("--list", action="store_true", help="say what is known of each, and try none")
    parser.add_argument("--json", action="store_true", help="for machines")


def _mutate(options: argparse.Namespace) -> int:
    # Only this command needs the list of the program's mutants.
    from tools.mutation.command import mutate, show, wanted  # noqa: PLC0415

    tried = wanted(options.size, options.seed, options.shard)
    if options.list:
        return show(tried, as_json=options.json)
    return mutate(tried, as_json=options.json, recorded=options.record)


def _add_proof(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "An interrupted proof goes on with the same command. Exit status 1: something was found."
    parser.add_argument("names", nargs="*", type=_known_proof, help="only these proofs")
    parser.add_argument("--size", type=_positive, help="how many attempts (each proof has its own number)")
    parser.add_argument("--seed", type=int, default=1, help="what random choices begin from (1)")
    parser.add_argument("--only", type=int, metavar="N", help="only the attempt of that number, of one proof")
    parser.add_argument("--fresh", action="store_true", help="begin at the first attempt in any case")
    parser.add_argument("--record", action="store_true", help="write the figures to docs/proof.md")
    parser.add_argument("--list", action="store_true", help="say which proofs there are, and run none")
    parser.add_argument("--json", action="store_true", help="for machines: a line for each proof")


def _proof(options: argparse.Namespace) -> int:
    names = options.names or list(PLACES)
    if options.list:
        print(listed(names))
        return 0
    if options.only is not None and len(names) != 1:
        sys.exit("--only needs the name of one proof")
    return prove(
        Order(names, options.size, options.seed, options.only, options.fresh, options.record, options.json)
    )


def _access() -> int:
    # Pulumi's libraries take seconds to import; the checkers need none of them.
    from tools import access, declared, program_run  # noqa: PLC0415

    program = program_run.run_program(program_run.settings_of(access.SETTINGS))
    for document in (access.write(program), declared.write(program)):
        print(f"written: {document.relative_to(ROOT)}")
    return 0


def _google_apis() -> int:
    from tools import google_apis  # noqa: PLC0415

    print(f"written: {google_apis.write().relative_to(ROOT)}")
    return 0


def _known(name: str) -> str:
    return _one_of("checker", name, [checker.name for checker in CHECKERS])


def _known_source(name: str) -> str:
    return _one_of("source", name, [source.name for source in SOURCES])


def _known_proof(name: str) -> str:
    return _one_of("proof", name, [*PLACES])


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 1/4")
    return int(part), int(parts)


def _one_of(kind: str, name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise argparse.ArgumentTypeError(f"no {kind} {name!r}; there are {', '.join(names)}")
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
