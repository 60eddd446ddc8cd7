"""The mutants of the program: each is one module of `infra/` with one thing changed.

An argument is dropped, an element is removed, a constant is altered, or a statement is removed. What only
people or type checkers read is left alone: docstrings, annotations, names of types, `__all__`, and the words
of errors, of progress, of what a policy finds, and of descriptions. The statement that tells is removed all
the same.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from local.world import ROOT

PROGRAM = ROOT / "infra"
ELSEWHERE = PROGRAM / "policies" / "pack"
"""It runs in an environment of its own, whose library the quick tests do not have."""
REMOVABLE = (ast.Expr, ast.Raise, ast.If, ast.For, ast.AugAssign, ast.Return, ast.Assert)
NOT_RUN = ("annotation", "returns", "type_params")
FOR_PEOPLE = ("description", "display_name", "purpose", "title")
"""Arguments that only people read: they may be dropped, but their texts are not altered."""
TELLS = ("pulumi.log.warn", "pulumi.log.info", "print", "report")
"""Functions that show people what they are given."""
TYPES = ("Callable", "Mapping", "Sequence", "dict", "list", "tuple")
"""What is indexed by types to make a name for one; no value has such a name at run time."""


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    """Its path from the root: `infra/scheduler.py`."""
    number: int
    """Among the changes of that module."""
    line: int
    name: str
    """What it is called in reports and among the argued ones: without its line, which other edits move."""

    def tree(self) -> ast.Module:
        """The module after the change."""
        tree = ast.parse((ROOT / self.module).read_text())
        next(change for number, change in enumerate(_changes(tree)) if number == self.number).make()
        return ast.fix_missing_locations(tree)


def mutants() -> list[Mutant]:
    """All there are, in the order of the sources."""
    return list(_all())


@cache
def _all() -> tuple[Mutant, ...]:
    files = sorted(path for path in PROGRAM.rglob("*.py") if ELSEWHERE not in path.parents)
    return tuple(
        mutant for path in files for mutant in of_source(path.relative_to(ROOT).as_posix(), path.read_text())
    )


def of_source(module: str, source: str) -> Iterator[Mutant]:
    """The mutants of one module."""
    seen: Counter[str] = Counter()
    for number, change in enumerate(_changes(ast.parse(source))):
        what = f"{change.kind} {' '.join(ast.unparse(change.shown).split())[:90]}"
        seen[what] += 1
        twin = f" (no. {seen[what]})" if seen[what] > 1 else ""
        yield Mutant(module, number, change.line, f"{module}: {what}{twin}")


@dataclass(frozen=True)
class _Change:
    """A change that can be made in a tree: in a list of nodes, or of a constant."""

    kind: str
    line: int
    shown: ast.AST
    holder: list[ast.AST] | ast.Constant
    index: int = 0
    beside: list[ast.AST] | None = None
    """The keys of a dictionary, whose values are `holder`."""

    def make(self) -> None:
        """Change the tree to which it belongs."""
        if isinstance(self.holder, ast.Constant):
            self.holder.value = _altered(self.holder.value)  # type: ignore[assignment]
        elif self.kind == "statement":
            self.holder[self.index] = ast.Pass()
        else:
            del self.holder[self.index]
            if self.beside is not None:
                del self.beside[self.index]


def _changes(tree: ast.Module) -> Iterator[_Change]:
    words = set(_words(tree))
    for node in _run(tree):
        yield from _in_call(node)
        yield from _in_collection(node)
        yield from _of_constant(node) if node not in words else ()
        yield from _in_block(node)


def _in_call(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.Call):
        for index, argument in enumerate(node.keywords):
            yield _Change("argument", argument.lineno, argument, node.keywords, index)  # type: ignore[arg-type]


def _in_collection(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.Dict):
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            shown = ast.Dict([key], [value])
            yield _Change("element", value.lineno, shown, node.values, index, node.keys)  # type: ignore[arg-type]
    if isinstance(node, ast.List | ast.Tuple | ast.Set) and isinstance(
        getattr(node, "ctx", ast.Load()), ast.Load
    ):
        for index, element in enumerate(node.elts):
            yield _Change("element", element.lineno, element, node.elts, index)  # type: ignore[arg-type]


def _of_constant(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.Constant) and _altered(node.value) is not node.value:
        yield _Change("constant", node.lineno, ast.Constant(node.value), node)


def _in_block(node: ast.AST) -> Iterator[_Change]:
    for field in ("body", "orelse", "finalbody"):
        found = getattr(node, field, None)
        block: list[ast.AST] = found if isinstance(found, list) else []
        for index, statement in enumerate(block):
            if isinstance(statement, REMOVABLE) and not _is_docstring(statement):
                yield _Change("statement", statement.lineno, statement, block, index)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it that runs and that not only people read."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in NOT_RUN:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (_is_for_people(child) or _is_type(child)):
                yield from _run(child)


def _is_for_people(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in FOR_PEOPLE and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    return _is_docstring(node) or isinstance(node, ast.Raise)


def _words(tree: ast.Module) -> Iterator[ast.AST]:
    """The constants that are words of what people are told. What is computed within the words is none."""
    for node in ast.walk(tree):
        told = node.args if isinstance(node, ast.Call) and ast.unparse(node.func) in TELLS else []
        if isinstance(node, ast.Yield) and node.value:
            told = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for text in told:
            yield from _words_in(text)


def _words_in(text: ast.AST) -> Iterator[ast.AST]:
    yield text
    parts = {ast.JoinedStr: ("values",), ast.BinOp: ("left", "right"), ast.IfExp: ("body", "orelse")}
    for field in parts.get(type(text), ()):
        for part in value if isinstance(value := getattr(text, field), list) else [value]:
            yield from _words_in(part)


def _is_type(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id in TYPES
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "TypeVar"


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _altered(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else value
