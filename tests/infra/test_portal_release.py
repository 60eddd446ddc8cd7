from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.google_apis.session import Session, credentials
from portal import portal_release
from portal.release import content, firebase_sdk
from portal.release.content import HostedFile, site_files
from portal.release.errors import ReleaseError
from portal.release.hosting_api import HostingApi
from portal.release.serving import connect_sources, serving_config
from portal.release.settings import PortalConfiguration, ReleaseSettings
from tests.infra.hosting_double import HostingDouble, serving
from tools.program_run import ROOT, Program

VERSION = "10.14.1"
CDN = f"https://www.gstatic.com/firebasejs/{VERSION}/"


@pytest.fixture
def settings(production: Program) -> dict[str, Any]:
    """The settings that the program gives to the release command."""
    told: dict[str, Any] = json.loads(
        production.get("command:local:Command", "portal-release").inputs["stdin"]
    )
    return told


@pytest.fixture
def configuration(settings: dict[str, Any]) -> PortalConfiguration:
    return ReleaseSettings.model_validate(settings).portal


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    """A small portal with an installed SDK."""
    sdk = tmp_path / "node_modules" / "firebase"
    sdk.mkdir(parents=True)
    (sdk / "package.json").write_text(json.dumps({"version": VERSION}))
    for name in firebase_sdk.MODULES:
        (sdk / name).write_text(f'import{{a}}from"{CDN}firebase-app.js";\n//# sourceMappingURL={name}.map\n')
    public = tmp_path / "public"
    (public / "js").mkdir(parents=True)
    (public / "index.html").write_text("<!doctype html>")
    (public / "js" / "main.js").write_text("export {}")
    (public / ".DS_Store").write_text("litter")
    (tmp_path / "hosting.json").write_text((ROOT / "portal" / "hosting.json").read_text())
    return tmp_path


@pytest.fixture
def double() -> Iterator[HostingDouble]:
    with serving(HostingDouble()) as served:
        yield served


Command = Callable[..., int]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, portal: Path, settings: dict[str, Any]) -> Command:
    """The command on the small portal: (changes of the settings, arguments…) → exit status."""
    monkeypatch.setattr(portal_release, "PORTAL", portal)
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "bearer-of-a-test")

    def run(changes: dict[str, Any], *arguments: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(settings | changes)))
        return portal_release.main(arguments)

    return run


class TestSite:
    def test_holds_pages_sdk_and_configuration(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        assert list(site_files(portal, configuration)) == [
            "/config.json",
            "/index.html",
            "/js/main.js",
            "/vendor/firebase/firebase-app.js",
            "/vendor/firebase/firebase-auth.js",
            "/vendor/firebase/firebase-firestore.js",
        ]

    def test_sdk_modules_import_one_another_from_the_portal(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        module = site_files(portal, configuration)["/vendor/firebase/firebase-auth.js"]
        assert gzip.decompress(module.content) == b'import{a}from"/vendor/firebase/firebase-app.js";\n\n'

    def test_modules_of_two_sdk_versions_are_refused(self, portal: Path) -> None:
        (portal / "node_modules/firebase/firebase-auth.js").write_text(
            'import"https://www.gstatic.com/firebasejs/9.0.0/firebase-app.js"'
        )
        with pytest.raises(ReleaseError, match=r"imports modules of 9\.0\.0"):
            firebase_sdk.firebase_modules(portal / "node_modules")

    def test_configuration_tells_the_functions_and_no_secret(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        told = json.loads(gzip.decompress(site_files(portal, configuration)[content.CONFIGURATION].content))
        assert told["functions"]["handleKenniAuth"] == "https://handlekenniauth-x-nw.a.run.app"
        assert told["firebase"]["projectId"] == "ekklesia-prod-10-2025"
        assert set(told["kenni"]) == {"issuerUrl", "clientId", "redirectUri"}

    def test_the_same_bytes_are_the_same_file(self) -> None:
        assert HostedFile.of(b"a") == HostedFile.of(b"a")

    def test_an_sdk_that_is_not_installed_is_told_with_its_remedy(self, portal: Path) -> None:
        with pytest.raises(ReleaseError, match=r"run `npm ci` in "):
            firebase_sdk.firebase_modules(portal / "elsewhere")

    def test_a_portal_without_a_first_page_is_refused(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        (portal / "public" / "index.html").unlink()
        with pytest.raises(ReleaseError, match=r"no index\.html"):
            site_files(portal, configuration)


class TestServing:
    @pytest.fixture
    def headers(self, configuration: PortalConfiguration) -> dict[str, str]:
        config = serving_config(ROOT / "portal" / "hosting.json", configuration)
        found: dict[str, str] = config["headers"][0]["headers"]
        return found

    def test_policy_allows_own_scripts_only(self, headers: dict[str, str]) -> None:
        policy = dict(
            directive.strip().split(" ", 1) for directive in headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in headers["Content-Security-Policy"]

    def test_policy_names_every_service_that_the_portal_speaks_to(
        self, configuration: PortalConfiguration
    ) -> None:
        sources = connect_sources(configuration)
        assert "'self'" in sources
        assert "https://firestore.googleapis.com" in sources
        assert "https://idp.kenni.is" in sources
        assert set(configuration.functions.values()) <= set(sources)
        assert not any("*" in source for source in sources)

    def test_emulators_are_named_where_there_are_some(self, settings: dict[str, Any]) -> None:
        settings["portal"]["emulators"] = {"auth": "http://127.0.0.1:8404", "firestore": "127.0.0.1:8403"}
        sources = connect_sources(ReleaseSettings.model_validate(settings).portal)
        assert {"http://127.0.0.1:8404", "http://127.0.0.1:8403"} <= set(sources)

    def test_a_url_cannot_smuggle_a_directive_in(self, settings: dict[str, Any]) -> None:
        settings["portal"]["functions"]["healthz"] = "https://x.is; script-src *"
        with pytest.raises(ReleaseError, match="Content-Security-Policy"):
            connect_sources(ReleaseSettings.model_validate(settings).portal)

    @pytest.mark.parametrize("text", ["{", '{"headers": "${unknown}"}'])
    def test_a_broken_hosting_file_is_told(
        self, tmp_path: Path, configuration: PortalConfiguration, text: str
    ) -> None:
        (tmp_path / "hosting.json").write_text(text)
        with pytest.raises(ReleaseError, match=r"hosting\.json"):
            serving_config(tmp_path / "hosting.json", configuration)


class TestCommand:
    def test_releases_what_is_there(self, command: Command, double: HostingDouble) -> None:
        assert command({"hostingApi": double.url, "site": "demo"}) == 0
        assert double.released == "sites/demo/versions/v1"
        assert double.page("/index.html") == b"<!doctype html>"
        assert double.config["rewrites"] == [{"glob": "**", "path": "/index.html"}]
        assert double.bearers == {"Bearer bearer-of-a-test"}

    def test_sends_only_what_hosting_does_not_have(
        self, portal: Path, configuration: PortalConfiguration, double: HostingDouble
    ) -> None:
        files = site_files(portal, configuration)
        double.known = {file.sha256 for path, file in files.items() if path != "/index.html"}
        lines: list[str] = []
        portal_release.release(
            HostingApi(double.url, "demo", Session(credentials("t"), "p")), files, {}, lines.append
        )
        assert list(double.contents) == [files["/index.html"].sha256]
        assert lines[1].startswith("1 of them new")

    def test_tries_again_when_google_is_busy(
        self, portal: Path, configuration: PortalConfiguration, double: HostingDouble
    ) -> None:
        double.faults = [503, 429]
        files = site_files(portal, configuration)
        portal_release.release(
            HostingApi(double.url, "demo", Session(credentials("t"), "p")), files, {}, lambda _: None
        )
        assert double.released

    def test_a_refusal_is_one_line_and_nothing_is_released(
        self, command: Command, capsys: pytest.CaptureFixture[str], double: HostingDouble
    ) -> None:
        double.faults = [403]
        assert command({"hostingApi": double.url, "site": "demo"}) == 1
        errors = capsys.readouterr().err
        assert errors.count("\n") == 1
        assert "403 planted" in errors
        assert "bearer-of-a-test" not in errors
        assert double.released is None

    def test_dry_run_sends_nothing(
        self, command: Command, capsys: pytest.CaptureFixture[str], double: HostingDouble
    ) -> None:
        assert command({"hostingApi": double.url, "site": "demo"}, "--dry-run") == 0
        assert "/vendor/firebase/firebase-app.js" in capsys.readouterr().out
        assert not double.bearers

    @pytest.mark.parametrize(
        ("change", "message"),
        [({"site": None}, "settings: site"), ({"colour": "red"}, "settings: colour")],
    )
    def test_wrong_settings_are_one_line(
        self, command: Command, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
    ) -> None:
        assert command(change, "--dry-run") == 1
        errors = capsys.readouterr().err
        assert message in errors
        assert errors.count("\n") == 1
