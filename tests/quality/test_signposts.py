"""README's table "Where to look" leads to the answer of each question in two hops at most.

The first hop is the file that the table names. The second is a file that this one imports or links to.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.quality.conftest import ROOT

ANSWERS = {
    "How is a release deployed, or rolled back?": [r"^def deploy\(", r"^def roll_back\("],
    "How is the host provisioned?": [r"^def provision\(", r"^def wanted_state\("],
    "What may the user who deploys do as root?": [r'^ +"switch": \{"release": "release"\}'],
    "What may leave the host, and whither?": [r"^def names\(settings", r"chain output"],
    "Who logs in to the host, and with which keys?": [r"^def keys_state\("],
    "How do the tasks reach the host?": [r"^def open_connection\(", r"^def ask_ssh\("],
    "How is a backup made, and which are kept?": [r"^def make\(settings, arguments", r"^def removable\("],
    "How is a backup restored?": [r"^def restore\(", r"^def restore_database\(", r"^def exchange\("],
    "How does the database go back to any moment?": [r"^def copyable\(", r"^def source\("],
    "What does a restore not bring back?": [r"^def revoke_again\("],
    "How is a certificate renewed?": [r"^def acme_state\(", r"certbot\.timer"],
    "Why is a migration refused?": [r"^def lint\("],
    "What does `fab status` look at?": [r"^def report\("],
    "How may a host be broken, and what mends it?": [r"healed by", r"^def are_healed\("],
    "How is the portal released?": [r"^def release\(", r"^class HostingApi\b"],
    "Which pages does the portal have?": [r"^export const ROUTES\b"],
    "How is what members type saved, and kept until it is?": [
        r"^export function createAutosave\(",
        r"^export function editedFields\(",
    ],
    "Which functions are there, and what does each do?": [r"^def track_member_changes\(", r"^def healthz\("],
    "Where is a role granted?": [r"^def grant_on_project\("],
    "Who may do what, all in all?": [r"^## Functions$", r"^## Other accounts$", r"^## Secrets$"],
    "What is protected from whom, and what is left?": [r"^## From whom$", r"^## What is left$", r"^## V6 "],
    "How does a member become staff, and who has been?": [
        r"^class RoleOrder\b",
        r"^class Roles\b",
        r"^ROLE_CHANGES =",
    ],
    "Which token may make which call of Django's API?": [r'"route": "sync-apply"'],
    "How is a token rotated?": [r"^def rotate\(", r"^class StackProgram\b"],
    "What is done after a compromise?": [r"^def revoke_all\(", r"^CREDENTIALS = "],
    "Where does a secret live?": [r"^class StoredSecret\b", r"^def host_secrets\("],
    "What is a setting, and what may it be?": [r"^class Settings\b", r"^class Linode(?:Settings)?\b"],
    "What is taken over instead of created?": [r"^class Adoption\b", r"^KINDS:"],
    "How does `pulumi up` call Google by itself?": [r"^def main\(", r"^def release_rules\("],
    "What is a schedule?": [r"^class Schedule\b", r"^SCHEDULES ="],
    "What is never allowed in the cloud?": [r"^POLICIES\b", r"^ACCESS_POLICIES ="],
    "Who may read and write which document?": [r"^ +match /members/", r"^ +function isStaff\("],
    "Where is a rule tested?": [r"^def test_every_case_of_the_rules_holds\(", r"\.test\.mjs"],
    "How does the portal find members?": [r"^class Search:", r"^class Search\(APIView\)"],
    "How does a member log in?": [r"^class Login\b", r"^class KenniClient\b"],
    "When does a member's session end, and what may they do on an open page?": [
        r"^export function watchSession\(",
        r"^export function followSession\(",
    ],
    "How do staff log in to the admin?": [r"^class PasswordStep\b", r"^def second_step\("],
    "Which roles do staff have in the admin, and what may each do?": [r"^ROLES = "],
    "When are staff asked for both factors again?": [r"^class AsksAgain\b", r"^def confirm\("],
    "When does a staff session end?": [r"^def why_it_ends\("],
    "How do staff find a member, and what is a word folded to?": [
        r"^def found\(",
        r"^CREATE FUNCTION search_letters\(",
    ],
    "Where is a synced field declared?": [r'"policy": "member_wins"', r'"column": "email"'],
    "How does a change in Django reach the queue?": [r"^CREATE FUNCTION sync_mark\("],
    "How does a change in Firestore reach the sync?": [r"^class MemberEvent\b"],
    "In which steps is a member reconciled?": [r"^class Reconciler\b", r"^def verdicts_on\("],
    "Who wins a conflict?": [r"^def merge\(", r"\bMEMBER_WINS\b"],
    "Which values may a field hold?": [r'"pattern": ', r"^def from_wire\("],
    "What if a field holds something else?": [r"^def unfit\("],
    "Where is a conflict shown, and its loser restored?": [r"^class ConflictAdmin\b", r"^def restore\("],
    "What happens when a kennitala is corrected?": [r"^def join\(", r"^class Move\("],
    "Where do staff correct one, or unite two entries?": [r"^def correct_page\(", r"^def unite\("],
    "When is a deletion held?": [r"^def hold_back\(", r"^def limit\("],
    "How is a store noticed that was set back?": [r"^def judge\(", r"^class Epochs\b"],
    "What counts after a restore?": [r"^def ground\(", r"^class Base\b"],
    "What happens to somebody who is erased?": [r"^def erase\(", r"^class Forgetting:"],
    "Who releases what is held?": [r"^class Decisions:", r"def decide\("],
    "What does the nightly comparison compare?": [r"^def differences\("],
    "How is the sync proven?": [r"^class SyncMachine\b", r"^class Simulation\b"],
    "What is known to be vulnerable?": [r"^SOURCES = ", r"^# What is known to be vulnerable"],
    "How is a letter to members written, and who gets it?": [r"^class EmailAdmin\(", r"^def recipients\("],
    "How is a letter sent, and why to nobody twice?": [r"^class Worker:", r"^# 111\. Each letter once"],
    "How does a member get no more letters?": [r"^def leave\("],
    "Which of Google's APIs does the world speak, and how is one added?": [
        r"^# Google's APIs in the one-machine world",
        r"^To add a method:",
    ],
    "How is an adoption rehearsed, and who judges it?": [
        r"^class Rehearsal\b",
        r"^class RulesWatch\b",
        r"^\*\*Who judges\.\*\*",
    ],
    "How unkind is Google to a new project?": [r"^class Treatment:", r"^# 78\."],
    "By whose provider is a world brought up?": [r"^def project_folder\(", r"PROVIDER=real"],
    "How is a function built and run on one machine?": [r"^def create\(", r"^def deploy\("],
    "What does `make up` do?": [r"^def up\("],
    "What does our provider answer, and the real one?": [r"^def refusals\(", r"^def differences\("],
    "Where do the invented members come from?": [r"^def members\(", r"^MEMBERS ="],
}
"""Question → what stands in the file that answers it, as patterns of a line."""
IMPORT_ROOTS = [
    ROOT / name
    for name in (".", "functions", "ansible-free-deploy", "linode/backend", "linode/host", "portal")
]


def _rows() -> dict[str, list[Path]]:
    """Question → the files that the table names."""
    [section] = re.findall(r"^## Where to look\n(.+?)^## ", (ROOT / "README.md").read_text(), re.M | re.S)
    rows = re.findall(r"^\| ([^|]+\?) \| (.+) \|$", section, re.M)
    return {question: [ROOT / name for name in _named(answer)] for question, answer in rows}


def _named(cell: str) -> list[str]:
    return [code or link for code, link in re.findall(r"`([\w./-]+)`|\]\(([\w./-]+)\)", cell)]


def _next_hops(path: Path) -> Iterator[Path]:
    """The project's files that a file imports or links to."""
    text = path.read_text()
    if path.suffix == ".py":
        yield from _imported(path, ast.parse(text))
    for module, link in re.findall(r'\bfrom "(\.[^"]+)"|\]\((?!https?:|#)([^)#]+)', text):
        if (target := path.parent / (module or link)).is_file():
            yield target


def _imported(path: Path, tree: ast.AST) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            roots = [path.parents[node.level - 1]] if node.level else IMPORT_ROOTS
            parts = node.module.split(".") if node.module else []
            yield from _modules(roots, parts)
            for alias in node.names:
                yield from _modules(roots, [*parts, alias.name])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _modules(IMPORT_ROOTS, alias.name.split("."))


def _modules(roots: list[Path], parts: list[str]) -> Iterator[Path]:
    if parts:
        yield from (path for root in roots if (path := root.joinpath(*parts).with_suffix(".py")).is_file())


def test_every_file_of_the_map_is_there() -> None:
    [section] = re.findall(r"^## The map\n(.+?)^## ", (ROOT / "README.md").read_text(), re.M | re.S)
    rows = re.findall(r"^\| `([\w./-]+/)` \| .+ \| (.+) \|$", section, re.M)
    files = [ROOT / folder / name for folder, cell in rows for name in re.findall(r"`([\w./-]+)`", cell)]
    assert len(files) > 10
    assert [str(path) for path in files if not path.is_file()] == []


def test_each_question_of_the_table_has_its_answer_here() -> None:
    assert list(_rows()) == list(ANSWERS)


@pytest.mark.parametrize("question", ANSWERS)
def test_the_answer_is_two_hops_away_at_most(question: str) -> None:
    files = _rows()[question]
    assert files
    reached = {path: path.read_text() for file in files for path in (file, *_next_hops(file))}
    missing = [
        answer
        for answer in ANSWERS[question]
        if not any(re.search(answer, text, re.MULTILINE) for text in reached.values())
    ]
    assert missing == [], f"not in {sorted(str(path.relative_to(ROOT)) for path in reached)}"


@pytest.mark.parametrize("question", ANSWERS)
def test_every_file_that_the_table_names_answers_something_itself(question: str) -> None:
    """A file that only leads on to others is not where somebody should begin."""
    for file in _rows()[question]:
        text = file.read_text()
        assert any(re.search(answer, text, re.MULTILINE) for answer in ANSWERS[question]), file
