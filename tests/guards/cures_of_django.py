"""Known vulnerabilities of Django whose cure is the Django that is deployed, taken away by an earlier one.

On the legacy runtime that is Debian's Django with what we change in it; without it, Django 2.2 of its makers.
On the current one it is the newest long-term Django; without it, the first that runs the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.guards.bench import Bench
from tests.guards.guard import of_the_site, passed, passes_with_all_guards
from tests.linode.runtimes import CURRENT, LEGACY, Runtime

PINS = Path(__file__).parent / "pins"
WITHOUT = {
    LEGACY.name: Runtime(
        "legacy-uncured", LEGACY.python, (*LEGACY.requirement_files, str(PINS / "upstream-2.2.txt"))
    ),
    CURRENT.name: Runtime(
        "current-uncured", CURRENT.python, (*CURRENT.requirement_files, str(PINS / "before-the-fixes.txt"))
    ),
}
"""By the runtime that is deployed: the same one with a Django that has no cure."""
TESTS = "ekklesia.tests.test_known_attacks.KnownAttacks"


@dataclass(frozen=True)
class CureOfDjango:
    """`test` is an attack in the site's suite that goes past all that stands in front of Django."""

    name: str
    stops: str
    test: str
    file: str = "linode/requirements/"

    def passes(self, bench: Bench) -> bool:
        """Whether the attack fails on each runtime that is deployed. Raises GuardMovedError."""
        return passes_with_all_guards(self.test, bench)

    def fails_without(self, bench: Bench) -> bool:
        """Whether the attack succeeds on each of them with an earlier Django. Raises GuardMovedError."""
        uncured = (WITHOUT[runtime.name] for runtime in bench.runtimes)
        return not any(passed([self.test], of_the_site([self.test], bench, one)) for one in uncured)


CURES = (
    CureOfDjango(
        "addresses-of-lists-are-no-query",
        "a link that rewrites the database when staff click it (CVE-2025-64459)",
        f"{TESTS}.test_cve_2025_64459_a_list_s_address_is_no_part_of_the_query",
    ),
    CureOfDjango(
        "whitespace-costs-no-time",
        "8 MB of whitespace in a file, which cost a worker 13 seconds (CVE-2026-33033)",
        f"{TESTS}.test_cve_2026_33033_whitespace_in_a_file_costs_no_time",
    ),
    CureOfDjango(
        "files-of-a-request-have-a-limit",
        "a request of thousands of files (CVE-2023-24580)",
        f"{TESTS}.test_cve_2023_24580_a_request_has_a_limit_of_files",
    ),
    CureOfDjango(
        "languages-are-read-up-to-a-limit",
        "lists of languages that fill a worker's memory (CVE-2023-23969)",
        f"{TESTS}.test_cve_2023_23969_only_so_much_of_accept_language_is_read",
    ),
    CureOfDjango(
        "every-name-takes-as-long",
        "names that are found by the time of an answer (CVE-2024-39329)",
        f"{TESTS}.test_cve_2024_39329_an_unusable_password_takes_as_long_as_a_wrong_one",
    ),
    CureOfDjango(
        "django-forges-no-line",
        "a visitor who writes lines of the log, in Django's own lines (CVE-2025-48432)",
        f"{TESTS}.test_cve_2025_48432_a_visitor_writes_no_line_of_the_log",
    ),
)
