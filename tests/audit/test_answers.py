"""What is made of the answers of pip-audit, npm audit and debsecan, as those tools gave them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.audit import debian_packages, npm_packages, python_libraries
from tools.audit.findings import CouldNotAskError, Finding, answer_of

RECORDED = Path(__file__).parent / "recorded"
LOCKED = {
    "node_modules/brace-expansion": {"version": "1.1.11"},
    "node_modules/minimatch": {"version": "3.0.4"},
}
LOCK = """\
[[package]]
name = "django"
version = "5.2.1"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "ekklesia"
version = "0.1.0"
source = { virtual = "." }
"""
REQUIREMENTS = """\
django==2.2.28+deb11u13.2 \\
    --hash=sha256:00
    # via
    #   -r legacy.in
urllib3==1.26.20 ; python_version < "3.7" \\
    --hash=sha256:00
"""


def recorded(name: str) -> str:
    return (RECORDED / name).read_text()


def test_pip_audits_finding_is_understood() -> None:
    [finding] = python_libraries.understood("x.txt", recorded("pip-audit-found.json"))

    assert (finding.package, finding.version, finding.name) == ("django", "2.2.28", "CVE-2026-33033")
    assert set(finding.names) == {"PYSEC-2026-48", "GHSA-5mf9-h53q-7mhq", "CVE-2026-33033"}
    assert finding.fixed_in == ("4.2.30",)
    assert "\n" not in finding.summary


def test_a_library_that_pip_audit_passed_over_is_no_answer() -> None:
    """pip-audit itself ends with 0 and says that it found nothing."""
    with pytest.raises(CouldNotAskError, match="no answer for 1 of 2 libraries: Dependency not found"):
        python_libraries.understood("x.txt", recorded("pip-audit-skipped.json"))


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", "{}"])
def test_another_answer_than_pip_audits_is_none(answer: str) -> None:
    with pytest.raises(CouldNotAskError):
        python_libraries.understood("x.txt", answer)


def test_what_is_asked_about_is_what_is_pinned() -> None:
    assert python_libraries.pins_of_uv(LOCK) == [("django", "5.2.1")]
    assert python_libraries.pins_of_requirements(REQUIREMENTS) == [
        ("django", "2.2.28"),
        ("urllib3", "1.26.20"),
    ]


def test_each_version_of_a_library_is_asked_about() -> None:
    pins = [("a", "1"), ("b", "1"), ("a", "2"), ("a", "1")]

    groups = python_libraries._once_each(pins)

    assert sorted(pin for group in groups for pin in group) == [("a", "1"), ("a", "2"), ("b", "1")]
    assert all(len({name for name, _ in group}) == len(group) for group in groups)


def test_npms_finding_is_that_of_the_package_itself() -> None:
    """And none for what only leads to it."""
    assert npm_packages.understood("x", recorded("npm-audit-found.json"), LOCKED) == [
        Finding(
            "x",
            "brace-expansion",
            "1.1.11",
            ("GHSA-v6h2-p8h4-qcjw",),
            summary="brace-expansion Regular Expression Denial of Service vulnerability",
        )
    ]


def test_npms_empty_answer_is_one() -> None:
    assert npm_packages.understood("x", json.dumps({"vulnerabilities": {}}), LOCKED) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (recorded("npm-audit-refused.json"), "npm audit: 405 Method Not Allowed"),
        ("{}", "no list of vulnerabilities"),
        ("[]", "no list of vulnerabilities"),
        ("npm error", "did not answer in JSON"),
    ],
)
def test_npms_error_is_no_answer(answer: str, reason: str) -> None:
    """npm tells an error in JSON, on the same stream."""
    with pytest.raises(CouldNotAskError, match=reason):
        npm_packages.understood("x", answer, LOCKED)


def test_debsecans_lines_are_understood() -> None:
    answer = f"CVE-2024-13176 libssl3\nTEMP-0841856-B18BAF bash\n{debian_packages.NOTHING}\n"

    found = debian_packages.understood("host", answer, recorded("dpkg-status"))

    assert [(one.package, one.version, one.name) for one in found] == [
        ("libssl3", "3.0.15-1~deb12u1", "CVE-2024-13176"),
        ("bash", "unknown", "TEMP-0841856-B18BAF"),
    ]


def test_a_host_without_known_vulnerabilities_is_an_answer() -> None:
    assert debian_packages.understood("host", f"{debian_packages.NOTHING}\n", recorded("dpkg-status")) == []


def test_a_debsecan_that_broke_off_is_no_answer() -> None:
    with pytest.raises(CouldNotAskError):
        debian_packages.understood("host", "CVE-2024-13176 libssl3\n", recorded("dpkg-status"))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["no-such-tool"], "no-such-tool is not installed"),
        (["sh", "-c", "echo one >&2; echo the reason >&2; exit 1"], "^the reason$"),
        (["sh", "-c", "exit 4"], "sh ended with 4"),
        (["sleep", "9"], "no answer within"),
    ],
)
def test_a_tool_that_says_nothing_is_no_answer(command: list[str], reason: str, tmp_path: Path) -> None:
    with pytest.raises(CouldNotAskError, match=reason):
        answer_of(command, tmp_path, seconds=1)


def test_a_tool_that_found_something_has_answered(tmp_path: Path) -> None:
    assert answer_of(["sh", "-c", "echo found; exit 1"], tmp_path) == "found\n"
