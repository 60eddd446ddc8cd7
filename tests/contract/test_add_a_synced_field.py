"""The how-to "Add a synced field", followed word by word, and then the field in use on real parts.

Beside the how-to's optional text, the same files get a yes or no, a choice and a day.
"""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

from bench.rig import running_emulator
from tests.contract.checkout import Checkout
from tests.linode.django_server import SETTINGS
from tests.linode.runtimes import CURRENT
from tools.fields.table import ROOT

HOW_TO = ROOT / "docs" / "howto" / "add-a-synced-field.md"
PATH = "profile.nickname"
PROJECT = "demo-rules"
MODELS = "linode/backend/membership/models.py"
FIELD_MAP = "linode/backend/merge_engine/field_map.json"
ICELANDIC, ENGLISH = "portal/public/js/i18n/is.js", "portal/public/js/i18n/en.js"
TEXTS = "linode/backend/membership/texts.py"
BY_HAND = sorted([FIELD_MAP, MODELS, ICELANDIC, ENGLISH, TEXTS])
WRITTEN = [
    "functions/sync/field_map.json",
    "infra/firestore.rules",
    "linode/backend/membership/migrations/0",
    "linode/backend/sync/migrations/0",
    "portal/public/js/synced_fields.js",
    "tests/contract/member_hashes.json",
]
"""How the paths begin that the two commands write."""

WHERE = {"model": "membership.Comrade", "policy": "staff_wins", "editor": "member", "group": "about"}
MORE_ROWS = [
    {
        "path": "profile.volunteer",
        "column": "volunteer",
        "type": "boolean",
        "required": True,
        "default": False,
    },
    {
        "path": "profile.language",
        "column": "language",
        "type": "numbered_choice",
        "choices": ["icelandic", "polish"],
        "required": True,
        "default": "icelandic",
    },
    {"path": "profile.sober.since", "column": "sober_since", "type": "date", "required": False},
]
MORE_COLUMNS = """\
    volunteer = models.BooleanField(null=True)
    language = models.IntegerField(
        choices=labelled("profile.language", icelandic="Íslenska", polish="Pólska"), null=True, blank=True
    )
    sober_since = models.DateField(null=True, blank=True)
"""
MORE_LABELS = "".join(
    f'  "{phrase}": "x",\n'
    for phrase in (
        "field.profile.volunteer",
        "field.profile.language",
        "field.profile.sober.since",
        "choice.language.icelandic",
        "choice.language.polish",
    )
)
NEW_PATHS = [PATH, *(str(row["path"]) for row in MORE_ROWS)]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout.make(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def edited_by_hand(untouched: Checkout) -> tuple[Checkout, list[str]]:
    """The copy after the how-to's edits, and the paths that they touched."""
    text = HOW_TO.read_text()
    blocks = re.findall(r"^```(?:json|python|js)\n(.+?)```$", text, re.M | re.S)
    row, column, icelandic, english, names = blocks[:5]
    rows = row + "".join(f"  {json.dumps(WHERE | more)},\n" for more in MORE_ROWS)
    untouched.insert(FIELD_MAP, '  {"path": "membership.status"', rows)
    untouched.insert(MODELS, "    unions = models.ManyToManyField", column + MORE_COLUMNS)
    untouched.insert(ICELANDIC, '  "field.profile.groupable"', icelandic + MORE_LABELS)
    untouched.insert(ENGLISH, '  "field.profile.groupable"', english + MORE_LABELS)
    for name, before in zip(names.splitlines(), ("stéttarfélög", "unions"), strict=True):
        untouched.insert(TEXTS, f'        "comrade.unions": "{before}"', f"{name}\n")
    told = untouched.run("git", "diff", "--stat", "--stat-width=200")
    return untouched, sorted(re.findall(r"^ (\S+) +\|", told, re.M))


@pytest.fixture(scope="module")
def checkout(edited_by_hand: tuple[Checkout, list[str]]) -> Checkout:
    """The copy after the how-to's commands. `environment` is left out: the copy has this one's."""
    copy, _ = edited_by_hand
    (commands,) = re.findall(r"^```console\n(.+?)```$", HOW_TO.read_text(), re.M | re.S)
    for line in commands.splitlines():
        copy.run("make", "-o", "environment", line.removeprefix("$ make "))
    return copy


def test_five_places_are_edited_by_hand(edited_by_hand: tuple[Checkout, list[str]]) -> None:
    assert edited_by_hand[1] == BY_HAND


def test_all_else_is_written_by_the_two_commands(checkout: Checkout) -> None:
    written = [path for path in checkout.changed() if path not in BY_HAND]
    assert [path.startswith(beginning) for path, beginning in zip(written, WRITTEN, strict=True)] == [
        True
    ] * 6
    assert "is as the field map says" in checkout.run("make", "-o", "environment", "fields")


def test_the_rules_take_members_edits(checkout: Checkout) -> None:
    with running_emulator(
        f"--rules={checkout.folder / 'infra/firestore.rules'}", f"--project_id={PROJECT}"
    ) as address:
        done = subprocess.run(
            ["node", "--test", "--test-reporter=tap", "tests/rules/field_map.test.mjs"],
            cwd=checkout.folder,
            env=os.environ | {"FIRESTORE_EMULATOR_HOST": address, "RULES_PROJECT": PROJECT},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    for path in NEW_PATHS:
        assert re.search(rf"^ok \d+ - {path} is the member's to edit", done.stdout, re.M), path


def test_the_values_cross_both_ways_and_both_halves_hash_alike(checkout: Checkout) -> None:
    """The trigger captures each column, and the sync carries each field, as a test of every field shows."""
    checkout.run(
        ".venv/bin/python",
        *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
        "tests/functions/sync/test_every_field.py",
        "tests/functions/sync/test_contract.py",
        "tests/contract/test_field_map.py",
    )


def test_djangos_half_knows_the_columns_and_hashes_alike(checkout: Checkout) -> None:
    CURRENT.build()
    environment = {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATABASE_URL": "postgresql://127.0.0.1:1/none",
    }
    done = subprocess.run(
        [CURRENT.executable, "manage.py", "test", "merge_engine", "membership.tests.test_synced_columns"],
        cwd=checkout.folder / "linode" / "backend",
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ran = re.search(r"^Ran (\d+) tests", done.stderr, re.M)
    assert ran
    assert int(ran[1]) > 10


def test_the_portals_form_shows_the_fields_under_their_labels(checkout: Checkout) -> None:
    script = """
        import { MEMBER_GROUPS, STAFF_GROUPS } from "./portal/public/js/views/fieldsets.js";
        const about = [MEMBER_GROUPS, STAFF_GROUPS].map((groups) => new Map(groups).get("profile.about"));
        console.log(JSON.stringify(about));
    """
    for shown in json.loads(checkout.run("node", "--input-type=module", "--eval", script)):
        assert shown[-len(NEW_PATHS) :] == NEW_PATHS
    checkout.run("node", "--test", "tests/portal/contact_fields.test.mjs")


def test_the_demo_register_has_the_columns(checkout: Checkout) -> None:
    first = json.loads(checkout.run(".venv/bin/python", "-m", "local.seed").splitlines()[0])
    assert {"nickname", "volunteer", "language", "sober_since"} <= set(first)
