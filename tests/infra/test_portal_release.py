from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.google_apis.session import Session, credentials
from local.services.serving import NotFound, ServeFile, decide, headers_for
from portal import portal_release
from portal.release import content
from portal.release.bundle import Bundle, bundled
from portal.release.content import HostedFile, site_files
from portal.release.earlier import RELEASES, earlier_bundles
from portal.release.errors import ReleaseError
from portal.release.hosting_api import HostingApi
from portal.release.serving import connect_sources, serving_config
from portal.release.settings import PortalConfiguration, ReleaseSettings
from tests.infra.hosting_double import HostingDouble, serving
from tools.program_run import ROOT, Program

BUNDLE = Bundle("0123456789abcdef", {"main.js": b"let bundled", "portal.css": b"body{}"})
ADDRESS = f"/assets/{BUNDLE.name}"
PAGE = '<link href="/css/portal.css"><script src="/js/main.js"></script>'
MOST_KILOBYTES = 160
"""Of the bundle as it is sent, gzipped."""


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
    """A small portal."""
    public = tmp_path / "public"
    for folder in ("js", "css"):
        (public / folder).mkdir(parents=True)
    (public / "index.html").write_text(PAGE)
    (public / "js" / "main.js").write_text("export {}")
    (public / "css" / "portal.css").write_text("")
    (public / "icon.svg").write_text("<svg/>")
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
    monkeypatch.setattr(portal_release, "bundled", lambda _portal: BUNDLE)
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "bearer-of-a-test")

    def run(changes: dict[str, Any], *arguments: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(settings | changes)))
        return portal_release.main(arguments)

    return run


class TestSite:
    def test_holds_the_bundle_and_no_sources(self, portal: Path, configuration: PortalConfiguration) -> None:
        assert list(site_files(portal, BUNDLE, configuration)) == [
            f"{ADDRESS}/main.js",
            f"{ADDRESS}/portal.css",
            "/config.json",
            "/icon.svg",
            "/index.html",
        ]

    def test_the_page_names_the_files_of_its_bundle(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        page = gzip.decompress(site_files(portal, BUNDLE, configuration)["/index.html"].content).decode()
        assert page == f'<link href="{ADDRESS}/portal.css"><script src="{ADDRESS}/main.js"></script>'

    def test_a_page_that_does_not_name_the_modules_is_refused(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        (portal / "public" / "index.html").write_text("<!doctype html>")
        with pytest.raises(ReleaseError, match=r"does not name /js/main\.js"):
            site_files(portal, BUNDLE, configuration)

    def test_configuration_tells_the_functions_and_no_secret(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        told = json.loads(
            gzip.decompress(site_files(portal, BUNDLE, configuration)[content.CONFIGURATION].content)
        )
        assert told["functions"]["handleKenniAuth"] == "https://handlekenniauth-x-nw.a.run.app"
        assert told["firebase"]["projectId"] == "ekklesia-prod-10-2025"
        assert set(told["kenni"]) == {"issuerUrl", "clientId", "redirectUri"}

    def test_the_same_bytes_are_the_same_file(self) -> None:
        assert HostedFile.of(b"a") == HostedFile.of(b"a")

    def test_a_portal_without_a_first_page_is_refused(
        self, portal: Path, configuration: PortalConfiguration
    ) -> None:
        (portal / "public" / "index.html").unlink()
        with pytest.raises(ReleaseError, match=r"no index\.html"):
            site_files(portal, BUNDLE, configuration)


class TestBundle:
    def test_the_portals_own_is_small_and_the_same_each_time(self) -> None:
        bundle = bundled(ROOT / "portal")
        assert bundle == bundled(ROOT / "portal")
        assert set(bundle.files) == {"main.js", "portal.css"}
        assert b"@media print" in bundle.files["portal.css"]
        assert b"gstatic.com/firebasejs" not in bundle.files["main.js"]
        sent = sum(len(HostedFile.of(file).content) for file in bundle.files.values())
        assert sent < MOST_KILOBYTES * 1000

    def test_another_content_has_another_name(self, portal: Path) -> None:
        (portal / "node_modules").symlink_to(ROOT / "portal" / "node_modules")
        before = bundled(portal)
        (portal / "public" / "css" / "portal.css").write_text("b{color:red}")
        assert bundled(portal).name != before.name

    def test_sources_that_cannot_be_bundled_are_one_line(self, portal: Path) -> None:
        (portal / "node_modules").symlink_to(ROOT / "portal" / "node_modules")
        (portal / "public" / "js" / "main.js").write_text("import './nowhere.js'")
        with pytest.raises(ReleaseError, match=r"^esbuild: .*nowhere\.js") as raised:
            bundled(portal)
        assert "\n" not in str(raised.value)

    def test_a_bundler_that_is_not_installed_is_told_with_its_remedy(self, portal: Path) -> None:
        with pytest.raises(ReleaseError, match=r"run `npm ci` in "):
            bundled(portal)


class TestEarlierBundles:
    def test_those_of_the_last_releases_stay(self, double: HostingDouble) -> None:
        old, older = "a" * 16, "b" * 16
        double.releases = [
            {"name": "sites/demo/versions/v0", "labels": {"bundle": old}},
            {"name": "sites/demo/versions/by-hand"},
        ]
        double.earlier = {
            f"/assets/{old}/main.js": "hash-1",
            f"/assets/{older}/main.js": "hash-2",
            "/index.html": "hash-3",
        }
        api = HostingApi(double.url, "demo", Session(credentials("t"), "p"))
        assert earlier_bundles(api) == {f"/assets/{old}/main.js": "hash-1"}
        assert double.asked["pageSize"] == [str(RELEASES)]

    def test_a_first_release_has_none(self, double: HostingDouble) -> None:
        assert earlier_bundles(HostingApi(double.url, "demo", Session(credentials("t"), "p"))) == {}

    def test_a_release_serves_them_and_sends_none_of_them(
        self, portal: Path, configuration: PortalConfiguration, double: HostingDouble
    ) -> None:
        path = f"/assets/{'a' * 16}/main.js"
        double.releases = [{"name": "sites/demo/versions/v0", "labels": {"bundle": "a" * 16}}]
        double.earlier, double.known = {path: "hash-1"}, {"hash-1"}
        files = site_files(portal, BUNDLE, configuration)
        released(double, files, lambda _: None)
        assert double.files[path] == "hash-1"
        assert double.labels == {"bundle": BUNDLE.name}
        assert double.config == {"bundles": sorted([BUNDLE.name, "a" * 16])}
        assert set(double.contents) == {file.sha256 for file in files.values()}


def released(double: HostingDouble, files: dict[str, HostedFile], report: Callable[[str], None]) -> None:
    api = HostingApi(double.url, "demo", Session(credentials("t"), "p"))
    portal_release.release(api, BUNDLE, files, lambda bundles: {"bundles": sorted(bundles)}, report)


class TestServing:
    @pytest.fixture
    def headers(self, configuration: PortalConfiguration) -> dict[str, str]:
        config = serving_config(ROOT / "portal" / "hosting.json", configuration, [])
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

    def test_only_what_has_its_hash_in_its_address_is_kept_for_ever(
        self, configuration: PortalConfiguration
    ) -> None:
        earlier = "f" * len(BUNDLE.name)
        config = serving_config(ROOT / "portal" / "hosting.json", configuration, [BUNDLE.name, earlier])
        kept = [f"{ADDRESS}/main.js", f"/assets/{earlier}/main.js"]
        others = ["/", "/profile", "/config.json", "/assets/of-long-ago/main.js", f"/assets/{BUNDLE.name}x/a"]
        caching = {path: headers_for(path, config)["cache-control"] for path in [*kept, *others]}
        assert {caching.pop(path) for path in kept} == {"public, max-age=31536000, immutable"}
        assert set(caching.values()) == {"no-cache"}
        files = {"/index.html", "/config.json", f"{ADDRESS}/main.js"}
        assert decide("/profile", config, files) == ServeFile("/index.html")
        assert decide("/assets/of-long-ago/main.js", config, files) == NotFound()

    @pytest.mark.parametrize("text", ["{", '{"headers": "${unknown}"}'])
    def test_a_broken_hosting_file_is_told(
        self, tmp_path: Path, configuration: PortalConfiguration, text: str
    ) -> None:
        (tmp_path / "hosting.json").write_text(text)
        with pytest.raises(ReleaseError, match=r"hosting\.json"):
            serving_config(tmp_path / "hosting.json", configuration, [])


class TestCommand:
    def test_releases_what_is_there(self, command: Command, double: HostingDouble) -> None:
        assert command({"hostingApi": double.url, "site": "demo"}) == 0
        assert double.released == "sites/demo/versions/v1"
        assert BUNDLE.name.encode() in double.page("/index.html")
        assert double.config["rewrites"] == [{"glob": "!/assets/**", "path": "/index.html"}]
        assert double.bearers == {"Bearer bearer-of-a-test"}

    def test_sends_only_what_hosting_does_not_have(
        self, portal: Path, configuration: PortalConfiguration, double: HostingDouble
    ) -> None:
        files = site_files(portal, BUNDLE, configuration)
        double.known = {file.sha256 for path, file in files.items() if path != "/index.html"}
        lines: list[str] = []
        released(double, files, lines.append)
        assert list(double.contents) == [files["/index.html"].sha256]
        assert lines[1].startswith("1 of them new")

    def test_tries_again_when_google_is_busy(
        self, portal: Path, configuration: PortalConfiguration, double: HostingDouble
    ) -> None:
        double.faults = [503, 429]
        files = site_files(portal, BUNDLE, configuration)
        released(double, files, lambda _: None)
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
        assert f"{ADDRESS}/main.js" in capsys.readouterr().out
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
