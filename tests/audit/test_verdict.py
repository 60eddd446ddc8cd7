"""What the answers come to: the exit status, and what is accepted until when."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from local.world import ROOT
from tools.audit import arguments, command, python_libraries, sources
from tools.audit.arguments import Argument, BadArgumentsError
from tools.audit.findings import CouldNotAskError, Finding
from tools.audit.sources import Source
from tools.audit.verdict import CLEAN, COULD_NOT_ASK, FOUND, judge
from tools.checkers import tracked

TODAY = date(2026, 12, 1)
FINDING = Finding(
    "linode/requirements/legacy.txt", "gunicorn", "21.2.0", ("PYSEC-1", "CVE-2024-1135"), ("22.0.0",)
)
ARGUMENT = Argument("gunicorn", "21.2.0", ("CVE-2024-1135",), ("linode/",), "nginx ends it", TODAY)
ENTRY = """\
[[accepted]]
package = "gunicorn"
version = "21.2.0"
names = ["CVE-2024-1135"]
sources = ["linode/"]
because = "nginx ends it"
until = 2026-12-01
"""


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        pytest.param({"a": [], "b": []}, CLEAN, id="clean"),
        pytest.param({"a": [FINDING], "b": []}, FOUND, id="found"),
        pytest.param({"a": [], "b": "no network"}, COULD_NOT_ASK, id="could not ask"),
        pytest.param({"a": [FINDING], "b": "no network"}, FOUND, id="what was found counts more"),
    ],
)
def test_the_exit_status_says_what_is_known(answers: dict[str, list[Finding] | str], status: int) -> None:
    assert judge(answers, [], TODAY).status == status
    assert len({CLEAN, FOUND, 2, COULD_NOT_ASK}) == 4


def test_what_is_argued_is_accepted_until_its_last_day() -> None:
    assert judge({"a": [FINDING]}, [ARGUMENT], TODAY).status == CLEAN
    assert judge({"a": [FINDING]}, [ARGUMENT], TODAY + timedelta(days=1)).status == FOUND


@pytest.mark.parametrize(
    "other",
    [
        Finding(FINDING.source, "gunicorn", "21.2.1", FINDING.names),
        Finding(FINDING.source, "requests", "21.2.0", FINDING.names),
        Finding(FINDING.source, "gunicorn", "21.2.0", ("CVE-2027-1",)),
        Finding("functions/requirements.txt", "gunicorn", "21.2.0", FINDING.names),
    ],
    ids=["version", "package", "vulnerability", "place"],
)
def test_an_argument_covers_nothing_else(other: Finding) -> None:
    assert judge({"a": [other]}, [ARGUMENT], TODAY).status == FOUND


def test_an_argument_that_nothing_needs_is_told_once_all_have_answered() -> None:
    assert judge({"a": []}, [ARGUMENT], TODAY).needless == (ARGUMENT,)
    assert judge({"a": [FINDING]}, [ARGUMENT], TODAY).needless == ()
    assert judge({"a": "no network"}, [ARGUMENT], TODAY).needless == ()


def test_the_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "arguments.toml"
    file.write_text(ENTRY)
    assert arguments.load(file) == [ARGUMENT]


@pytest.mark.parametrize(
    "text",
    [
        "[[accepted]",
        ENTRY.replace('because = "nginx ends it"\n', ""),
        ENTRY.replace("nginx ends it", ""),
        ENTRY.replace("2026-12-01", '"soon"'),
        ENTRY + 'reason = "x"\n',
    ],
    ids=["no TOML", "no reason", "an empty reason", "no day", "an unknown key"],
)
def test_an_entry_without_a_reason_or_a_day_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "arguments.toml"
    file.write_text(text)
    with pytest.raises(BadArgumentsError, match=r"arguments\.toml: "):
        arguments.load(file)


def test_the_projects_own_arguments_are_in_order() -> None:
    own = arguments.load()
    pinned = {
        pin
        for name in sources.REQUIREMENTS
        for pin in python_libraries.pins_of_requirements((ROOT / name).read_text())
    }
    assert [one for one in own if (one.package, one.version) not in pinned] == []
    assert len({(one.package, name) for one in own for name in one.names}) == sum(
        len(one.names) for one in own
    )


def test_every_lock_file_is_asked_about() -> None:
    locks = tracked("*uv.lock", "*package-lock.json", "*requirements*.txt")
    known = {source.name for source in sources.SOURCES} | set(sources.NOT_DEPLOYED)
    assert {path.relative_to(ROOT).as_posix() for path in locks} == known - {sources.HOST}


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_printed_names_everything(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent() -> list[Finding]:
        raise CouldNotAskError("no network")

    found = Finding("a", "requests", "2.27.1", ("CVE-2024-35195",), ("2.32.0",), "verify")
    monkeypatch.setattr(command, "SOURCES", (Source("a", lambda: [found, FINDING]), Source("b", silent)))
    monkeypatch.setattr(command, "load", lambda: [Argument(**{**vars(ARGUMENT), "until": date.max})])

    assert command.audit([], as_json=as_json) == FOUND

    told = capsys.readouterr()
    if as_json:
        data = json.loads(told.out)
        assert [one["package"] for one in data["toMend"]] == ["requests"]
        assert [one["because"] for one in data["accepted"]] == ["nginx ends it"]
        assert data["couldNotAsk"] == {"b": "no network"}
    else:
        assert "a: requests 2.27.1: CVE-2024-35195, mended in 2.32.0: verify\n" in told.out
        assert "accepted until 9999-12-31" in told.out
        assert "could not ask: b: no network\n" in told.out
        assert told.out.endswith("1 to mend, 1 accepted, 1 sources without an answer\n")
    assert "could not ask" in told.err
