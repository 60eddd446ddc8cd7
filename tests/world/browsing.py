"""A real Chromium, and the steps that people take in the portal and in the Django admin."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from local.world import ROOT
from tests.world.live_world import LiveWorld

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / "portal" / "node_modules" / "axe-core" / "axe.min.js"
EMAIL = '[name="profile.email"]'
PAGE_SECONDS = 30.0
"""Seconds for a page to appear on a busy machine; times that are measured have limits of their own."""
expect.set_options(timeout=PAGE_SECONDS * 1000)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, headless."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no chromium on this machine: `make doctor` says how to get it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """A person with a browser of their own; its console messages are kept."""

    def __init__(self, browser: Browser, world: LiveWorld) -> None:
        self.world = world
        # The host's certificate is signed by the world's own authority, which Chromium does not know.
        self.context = browser.new_context(locale="is-IS", ignore_https_errors=True)
        self.context.set_default_timeout(PAGE_SECONDS * 1000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    def log_in(self, name: str, path: str = "/") -> None:
        """Log in to the portal as a test person, and end at the wanted page."""
        self.page.goto(self.world.portal_url + path)
        self.page.get_by_role("button", name="Skrá inn með Kenni.is").click()
        self.page.get_by_role("button", name=name).click()
        self.page.get_by_role("button", name="Skrá út").wait_for()

    def open(self, link: str) -> None:
        """Follow a link of the portal's menu."""
        menu = self.page.get_by_role("navigation", name="Aðalvalmynd")
        menu.get_by_role("link", name=link, exact=True).click()

    def log_in_to_django(self) -> None:
        """Log in to the Django admin, with password and second factor."""
        user, password, code = self.world.admin_login
        self.page.goto(f"{self.world.django_url}/admin/")
        self.page.locator("#id_username").fill(user)
        self.page.locator("#id_password").fill(password)
        self.page.locator("[type=submit]").click()
        self.page.locator("#id_code").fill(code)
        self.page.locator("[type=submit]").click()
        self.page.locator("#user-tools").wait_for()

    def wait_until_shown(self, part: Locator) -> None:
        """Wait for a part of the page, then for every part that still loads."""
        part.first.wait_for()
        self.page.locator(".state-loading").first.wait_for(state="detached")

    def accessibility_faults(self) -> list[str]:
        """What axe finds wrong with the present page: a line for each fault, with its rule and element."""
        self.page.evaluate(AXE.read_text() + "; 0")
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then((answer) => answer.violations)")
        return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]
