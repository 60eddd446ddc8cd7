"""A path is answered as Firebase Hosting answers it."""

from __future__ import annotations

from typing import Any

import pytest

from local.services.serving import (
    Decision,
    NotFound,
    Redirect,
    ServeFile,
    decide,
    headers_for,
    matches,
    validate,
)

FILES = {"/index.html", "/about.html", "/help/index.html", "/js/main.js", "/.well-known/security.txt"}
CLEAN = {"cleanUrls": True, "trailingSlashBehavior": "REMOVE"}


@pytest.mark.parametrize(
    ("path", "config", "expected"),
    [
        ("/", {}, ServeFile("/index.html")),
        ("/index.html", {}, ServeFile("/index.html")),
        ("/js/main.js", {}, ServeFile("/js/main.js")),
        ("/help", {}, Redirect("/help/")),
        ("/help/", {}, ServeFile("/help/index.html")),
        ("/about", {}, NotFound()),
        ("/js", {}, NotFound()),
        ("/", CLEAN, ServeFile("/index.html")),
        ("/index.html", CLEAN, Redirect("/")),
        ("/about", CLEAN, ServeFile("/about.html")),
        ("/about/", CLEAN, Redirect("/about")),
        ("/about.html", CLEAN, Redirect("/about")),
        ("/help", CLEAN, ServeFile("/help/index.html")),
        ("/help/", CLEAN, Redirect("/help")),
        ("/help/index.html", CLEAN, Redirect("/help")),
        ("/help", {"trailingSlashBehavior": "ADD"}, Redirect("/help/")),
        ("/about", {"cleanUrls": True, "trailingSlashBehavior": "ADD"}, Redirect("/about/")),
        ("/about/", {"cleanUrls": True, "trailingSlashBehavior": "ADD"}, ServeFile("/about.html")),
        ("/js/main.js", {"trailingSlashBehavior": "ADD"}, ServeFile("/js/main.js")),
    ],
)
def test_a_file_is_found_under_its_one_proper_url(
    path: str, config: dict[str, Any], expected: Decision
) -> None:
    assert decide(path, config, FILES) == expected


def test_redirects_come_before_files_and_files_before_rewrites() -> None:
    config = {
        "redirects": [{"glob": "/about.html", "location": "/new", "statusCode": 302}],
        "rewrites": [{"glob": "**", "path": "/index.html"}],
    }
    assert decide("/about.html", config, FILES) == Redirect("/new", 302)
    assert decide("/js/main.js", config, FILES) == ServeFile("/js/main.js")
    assert decide("/members/anything", config, FILES) == ServeFile("/index.html")


def test_the_first_rewrite_that_matches_counts() -> None:
    config = {"rewrites": [{"glob": "/app/**", "path": "/about.html"}, {"glob": "**", "path": "/index.html"}]}
    assert decide("/app/x/y", config, FILES) == ServeFile("/about.html")
    assert decide("/x", config, FILES) == ServeFile("/index.html")


def test_a_missing_page_shows_the_sites_own() -> None:
    assert decide("/nothing", {}, FILES | {"/404.html"}) == ServeFile("/404.html", 404)
    assert decide("/nothing", {}, FILES) == NotFound()


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("**", "/", True),
        ("**", "/a/b.c", True),
        ("**", "/.well-known/security.txt", True),
        ("/", "/", True),
        ("/*", "/a", True),
        ("/*", "/a/b", False),
        ("/app/**", "/app/a/b", True),
        ("/app/**", "/application", False),
        ("**/*.@(png|svg)", "/img/logo.png", True),
        ("**/*.@(png|svg)", "/logo.svg", True),
        ("**/*.@(png|svg)", "/logo.js", False),
        ("**/*.{js,css}", "/a/b.css", True),
        ("/index.html", "/index.html", True),
        ("/index.html", "/a/index.html", False),
        ("!/app/**", "/application", True),
        ("!/app/**", "/app/a/b", False),
        ("/@(a|b)/!(c)", "/a/d", True),
        ("/@(a|b)/!(c)", "/a/c", False),
    ],
)
def test_globs(glob: str, path: str, expected: bool) -> None:
    assert matches({"glob": glob}, path) is expected


def test_a_regex_may_match_anywhere() -> None:
    assert matches({"regex": "^/m/[0-9]+$"}, "/m/12")
    assert not matches({"regex": "^/m/[0-9]+$"}, "/m/x")


def test_of_two_rules_for_a_header_the_later_wins() -> None:
    config = {
        "headers": [
            {"glob": "**", "headers": {"Cache-Control": "no-cache", "X-Frame-Options": "DENY"}},
            {"glob": "**/*.png", "headers": {"cache-control": "max-age=1"}},
        ]
    }
    assert headers_for("/a.png", config) == {"cache-control": "max-age=1", "x-frame-options": "DENY"}
    assert headers_for("/a.js", config)["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({}, None),
        ({"rewrites": [{"glob": "**", "path": "/index.html"}]}, None),
        ({"rewrites": [{"glob": "**", "function": "f"}]}, "path"),
        ({"headers": [{"headers": {}}]}, "exactly one"),
        ({"redirects": [{"glob": "a", "regex": "b", "location": "/"}]}, "exactly one"),
    ],
)
def test_what_cannot_be_served_is_refused(config: dict[str, Any], problem: str | None) -> None:
    found = validate(config)
    assert found is None if problem is None else problem in str(found)
