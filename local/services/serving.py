"""Decides how Firebase Hosting answers a path, from a version's configuration and its list of files.

The order is Hosting's: redirects, then the file of that name, then rewrites, then 404. The configuration is
the Hosting API's `ServingConfig`. https://firebase.google.com/docs/hosting/full-config
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from wcmatch import glob

GLOB_FLAGS = glob.GLOBSTAR | glob.EXTGLOB | glob.BRACE | glob.DOTGLOB | glob.FORCEUNIX
NEGATED = re.compile(r"!(?!\()")
"""Begins a glob that matches whatever the rest does not; `!(…)` is a part of a glob."""
NOT_FOUND_PAGE = "/404.html"


@dataclass(frozen=True)
class ServeFile:
    """Answer with the version's file of that path."""

    path: str
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    """Send the browser elsewhere."""

    location: str
    status: int = 301


@dataclass(frozen=True)
class NotFound:
    """There is no such file, and the version has no page for that."""


Decision = ServeFile | Redirect | NotFound


def decide(path: str, config: Mapping[str, Any], files: Collection[str]) -> Decision:
    """The answer to a request for that decoded path, which begins with a slash."""
    for rule in config.get("redirects", ()):
        if matches(rule, path):
            return Redirect(rule["location"], rule.get("statusCode", 301))
    if found := _static(path, config, files):
        return found
    for rule in config.get("rewrites", ()):
        # Only rewrites to a file are supported; `validate` refuses the others when a version is made.
        if matches(rule, path) and rule["path"] in files:
            return ServeFile(rule["path"])
    return ServeFile(NOT_FOUND_PAGE, 404) if NOT_FOUND_PAGE in files else NotFound()


def _static(path: str, config: Mapping[str, Any], files: Collection[str]) -> Decision | None:
    """The file of a path, or a redirect to the file's proper URL; None if there is no such file."""
    file = _file_of(path, config, files)
    if file is None:
        return None
    proper = _proper_path(path, file, config)
    return ServeFile(file) if proper == path else Redirect(proper)


def _file_of(path: str, config: Mapping[str, Any], files: Collection[str]) -> str | None:
    bare = path.rstrip("/")
    candidates = [path, f"{bare}/index.html"]
    if config.get("cleanUrls") and bare and (bare == path or "trailingSlashBehavior" in config):
        candidates.append(f"{bare}.html")
    return next((candidate for candidate in candidates if candidate in files), None)


def _proper_path(path: str, file: str, config: Mapping[str, Any]) -> str:
    """The proper URL of a file under this configuration."""
    clean = bool(config.get("cleanUrls"))
    if path == file and not (clean and file.endswith(".html")):
        return path
    is_index = file.endswith("/index.html")
    bare = file.removesuffix("/index.html" if is_index else ".html")
    # Without a setting, a folder's page needs its slash, unless URLs are clean: then both are proper.
    unset = path.endswith("/") or (is_index and not clean)
    slash = {"ADD": True, "REMOVE": False}.get(config.get("trailingSlashBehavior", ""), unset)
    return f"{bare}/" if slash or not bare else bare


def headers_for(path: str, config: Mapping[str, Any]) -> dict[str, str]:
    """The headers that the configuration sets for a path. If several rules match, the last one wins."""
    found: dict[str, str] = {}
    for rule in config.get("headers", ()):
        if matches(rule, path):
            found |= {name.lower(): value for name, value in rule["headers"].items()}
    return found


def matches(rule: Mapping[str, Any], path: str) -> bool:
    """Whether a rule's `glob` or `regex` matches that path."""
    if "regex" in rule:
        return re.search(rule["regex"], path) is not None
    if NEGATED.match(rule["glob"]):
        return not matches({"glob": rule["glob"][1:]}, path)
    pattern = rule["glob"].lstrip("/")
    return pattern == "**" or bool(glob.globmatch(path.lstrip("/"), pattern, flags=GLOB_FLAGS))


def validate(config: Mapping[str, Any]) -> str | None:
    """Why a configuration cannot be served here, or None. Google would refuse all of these but the last."""
    for section in ("redirects", "rewrites", "headers"):
        for rule in config.get(section, ()):
            if ("glob" in rule) == ("regex" in rule):
                return f"{section}: a rule needs exactly one of glob and regex"
    for rule in config.get("rewrites", ()):
        if "path" not in rule:
            return "rewrites: only rewrites to a path are realised on one machine"
    return None
