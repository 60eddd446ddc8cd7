"""The program that the user who deploys may run as root: what it takes, and that nothing else passes."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ekklesia_backup.configuration import Offsite
from ekklesia_host import configuration, django, request, service, vocabulary
from ekklesia_host.__main__ import OPERATIONS
from ekklesia_host.errors import HostError
from ekklesia_host.settings import Settings

from deploy.provision import host_program
from deploy.provision.configuration import OFFSITE, OWN
from deploy.remote import layout, verbs
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import FOLDER, render

VERBS: dict[str, dict[str, str] | None] = vocabulary.load()["verbs"]
GOOD: dict[str, str | list[str]] = {
    "backup": "20261123T010000Z-daily.tar",
    "count": "100",
    "database": "live",
    "flag": "no",
    "key": "nudge",
    "reason": "deploy",
    "release": "0123456789ab-20261123T180000Z",
    "tree": "current",
    "unit": "gunicorn",
    "words": ["showmigrations", "--file", "a b"],
}
HOSTILE = (
    "$(touch x)",
    "`touch x`",
    "x; touch x",
    "x\ntouch x",
    "--file=/etc/shadow",
    "-f",
    "../../etc/shadow",
    "/etc/shadow",
    "x\0y",
    "gunicorn --file=/etc/shadow",
    "*",
    "",
)
ARGUMENTS = [(verb, name) for verb, wanted in VERBS.items() for name in wanted or ()]


@pytest.fixture
def settings_of_the_host(settings: LinodeSettings) -> Settings:
    [file] = [item for item in host_program.wanted_state(settings) if item.title == layout.HOST_SETTINGS]
    return Settings(json.loads(file.content))


def good(verb: str) -> dict[str, str | list[str]]:
    return {name: GOOD[kind] for name, kind in (VERBS[verb] or {}).items()}


def test_every_verb_is_done_by_something() -> None:
    assert OPERATIONS.keys() == VERBS.keys()


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_verb_takes_its_arguments_and_no_other(verb: str) -> None:
    if VERBS[verb] is None:
        return
    assert vocabulary.checked(verb, good(verb)) == good(verb)
    wrongs: list[object] = [{**good(verb), "path": "/etc/shadow"}, [], "x", None]
    for wrong in wrongs:
        with pytest.raises(HostError, match="takes exactly these arguments"):
            vocabulary.checked(verb, wrong)


@pytest.mark.parametrize("value", [*HOSTILE, 7, None, ["--file", "x"], {"a": "b"}])
@pytest.mark.parametrize(("verb", "name"), ARGUMENTS)
def test_no_argument_is_a_path_an_option_or_a_command(verb: str, name: str, value: object) -> None:
    if (VERBS[verb] or {})[name] == "words" and isinstance(value, list):
        return
    with pytest.raises(HostError, match=f"{verb}: {name} is not what it should be"):
        vocabulary.checked(verb, good(verb) | {name: value})
    if isinstance(value, str):
        with pytest.raises(DeployError):
            verbs.request(verb, {**good(verb), name: value})


def test_the_request_ends_with_its_line() -> None:
    """What is behind it is the verb's own input."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as sender:
        sender.write(verbs.request("public-key", {"key": "backup"}) + b"the rest")
    assert request.read(reading) == {"key": "backup"}
    assert os.read(reading, 100) == b"the rest"
    with pytest.raises(HostError, match="cut off"):
        request.read(reading)
    os.close(reading)


def test_sudo_allows_each_verb_and_nothing_else(settings: LinodeSettings, tmp_path: Path) -> None:
    [file] = [item for item in host_program.sudo_state(settings) if item.title == "/etc/sudoers.d/manager"]
    text = file.content
    allowed = re.findall(rf"^    {layout.HOST_COMMAND} ([a-z-]+)(?:, \\)?$", text, re.MULTILINE)
    assert allowed == sorted(VERBS)
    assert text.splitlines()[-1] == "manager ALL=(root) NOPASSWD: EKKLESIA_HOST"
    for name, content in (("deploy", text), ("provision", render("sudoers-provision", settings))):
        path = tmp_path / name
        path.write_text(content)
        if visudo := shutil.which("visudo"):
            subprocess.run([visudo, "-cqf", path], check=True)


def test_a_release_never_runs_as_root(settings_of_the_host: Settings) -> None:
    words = django.command(settings_of_the_host, ["manage.py", "x"], "current")
    static = django.command(settings_of_the_host, ["manage.py", "x"], "current", user="manager")
    assert [word for word in words + static if word.startswith("--uid")] == [
        "--uid=ekklesia",
        "--uid=manager",
    ]
    assert "--property=NoNewPrivileges=yes" in words
    assert words[-3:] == ["/srv/ekklesia/current/environment/bin/python", "manage.py", "x"]


def test_a_management_command_gets_its_environment_from_systemd(settings_of_the_host: Settings) -> None:
    words = django.command(settings_of_the_host, ["x"], "current", options=django.TIMEOUTS)
    assert "--property=EnvironmentFile=/etc/ekklesia/ekklesia.env" in words
    assert "--setenv=PGOPTIONS=-c lock_timeout=5s -c statement_timeout=10min" in words


@pytest.mark.parametrize("value", ["$(touch x)", "`id`", "x; y", "${DATABASE_URL}", "50 $$", "-x", ""])
def test_a_word_reaches_the_command_as_it_is(settings_of_the_host: Settings, value: str) -> None:
    """systemd.service(5): `$NAME` in a command line is replaced, `$$` is a dollar; words are never split."""
    words = django.command(settings_of_the_host, ["manage.py", "shell", value], "current")
    assert words[-1] == value.replace("$", "$$")
    assert words.index("--") < words.index("manage.py")


@pytest.mark.parametrize(
    "content",
    [
        *({name: "x"} for name in sorted(OWN - {"NUDGE_KEY_FILE"})),
        {"A": "x\nB=1"},
        {"a": "x"},
        {"A": 1},
        ["A"],
        "A",
    ],
)
def test_the_host_refuses_an_environment_itself(
    content: object, settings_of_the_host: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The user who deploys need not come by `fab configure`."""
    settings_of_the_host.django_environment = str(tmp_path / "environment")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(content).encode())))
    with pytest.raises(HostError):
        configuration.environment(settings_of_the_host, {})
    assert list(tmp_path.iterdir()) == []


def test_a_variable_with_which_nothing_would_start_is_refused_and_the_old_ones_stay(
    settings_of_the_host: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The kernel itself is asked where it stops."""
    path = tmp_path / "environment"
    path.write_text("as before")
    settings_of_the_host.django_environment = str(path)
    settings_of_the_host.egress = str(tmp_path)
    longest = "þ" + "x" * (configuration.LONGEST_VARIABLE - len("A=þ".encode()))
    subprocess.run(["true"], env={"A": longest}, check=True)
    with pytest.raises(OSError, match="Argument list too long"):
        subprocess.run(["true"], env={"A": longest + "x"}, check=True)
    assert configuration.environment_file({"A": longest})
    content = json.dumps({"A": longest + "x"}).encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    with pytest.raises(HostError, match="A is too long"):
        configuration.environment(settings_of_the_host, {})
    assert path.read_text() == "as before"


def test_both_sides_of_the_host_program_have_the_same_names() -> None:
    """They run on different machines, so neither can import the other's."""
    assert OWN - {"NUDGE_KEY_FILE"} == configuration.OWN
    assert configuration.OFFSITE == OFFSITE
    # The host adds the place of its own key.
    assert set(Offsite._fields) - {"key_file"} == OFFSITE


@pytest.mark.parametrize("content", [{"syncmembers": "a token"}, {"../x": "0" * 64}, ["0" * 64], "x"])
def test_the_host_refuses_tokens_itself(
    content: object, settings_of_the_host: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings_of_the_host.api_tokens = str(tmp_path / "tokens")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(content).encode())))
    with pytest.raises(HostError):
        configuration.tokens(settings_of_the_host, {})
    assert list(tmp_path.iterdir()) == []


def test_the_site_reads_the_tokens_and_nobody_else_does(
    settings_of_the_host: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "tokens"
    settings_of_the_host.api_tokens, settings_of_the_host.app_user = str(path), "daemon"
    owners: list[tuple[int, int]] = []
    monkeypatch.setattr("os.fchown", lambda _, user, group: owners.append((user, group)))
    monkeypatch.setattr("grp.getgrnam", lambda _: SimpleNamespace(gr_gid=4711))
    content = {"syncmembers": "0" * 64}
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(content).encode())))
        configuration.tokens(settings_of_the_host, {})
    assert json.loads(path.read_text()) == content
    assert (path.stat().st_mode & 0o777, owners) == (0o640, [(0, 4711)])


@pytest.fixture
def releases(tmp_path: Path) -> Any:
    (tmp_path / "releases" / str(GOOD["release"])).mkdir(parents=True)
    return Settings({"releases": str(tmp_path / "releases"), "current": str(tmp_path / "current")})


def test_only_a_complete_release_is_switched_to(releases: Any) -> None:
    with pytest.raises(HostError, match="there is no complete release"):
        service.switch(releases, {"release": GOOD["release"]})
    assert not os.path.lexists(releases.current)
    (Path(releases.releases) / str(GOOD["release"]) / "RELEASE").touch()
    assert service.switch(releases, {"release": GOOD["release"]}) == 0
    assert os.readlink(releases.current) == f"{releases.releases}/{GOOD['release']}"


@pytest.mark.parametrize("state", ["loaded", "not-found"])
def test_a_unit_that_the_host_does_not_have_is_an_error(
    monkeypatch: pytest.MonkeyPatch, state: str, settings_of_the_host: Settings
) -> None:
    """journalctl itself would print that there are no entries, and end well."""
    monkeypatch.setattr(service.programs, "output", lambda _: f"{state}\n")
    monkeypatch.setattr(service.programs, "run", lambda *_, **__: 0)
    wanted = {"unit": "gunicron", "lines": "5", "follow": "no"}
    if state == "loaded":
        assert service.logs(settings_of_the_host, wanted) == 0
    else:
        with pytest.raises(HostError, match="there is no unit gunicron"):
            service.logs(settings_of_the_host, wanted)


@pytest.mark.parametrize("given", [["reboot"], ["--help-me"], ["restart", "now"], []])
def test_a_wrong_command_line_is_refused(given: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ekklesia_host", *given],
        env={"PYTHONPATH": str(FOLDER)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
