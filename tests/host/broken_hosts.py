"""Broken hosts, each with what `fab status` says of it and the one `fab` command that mends it.

docs/broken-hosts.md shows them as a table (`python -m tests.host.broken_hosts` writes it).
`test_broken_hosts.py` tries a sample on a real Debian, `make proof PROOF=broken-hosts` all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from local.whole_file import write_whole
from local.world import ROOT

DOCUMENT = ROOT / "docs" / "broken-hosts.md"
HEAD = "| how it is broken | `fab status` says | healed by | as |\n| --- | --- | --- | --- |\n"
DEPLOYER = "deployer"
PROVISIONER = "provisioner"

BASE = "/srv/ekklesia"
PSQL = "runuser -u postgres -- psql -XqAt"
END_SESSIONS = "SELECT FROM pg_stat_activity, pg_terminate_backend(pid) WHERE datname = 'ekklesia'"
CLOSE = f'echo "ALTER DATABASE ekklesia ALLOW_CONNECTIONS false; {END_SESSIONS}" | {PSQL}'


@dataclass(frozen=True)
class Broken:
    """Commands, run as root, that break a host; a text that `fab status` prints then, and the cure."""

    name: str
    breaks: str
    says: str
    heals: tuple[str, ...]
    user: str = DEPLOYER

    @property
    def command(self) -> str:
        """The cure as a person types it."""
        return " ".join(("fab", *self.heals))


def provisioned(name: str, breaks: str, says: str) -> Broken:
    """A host that another run of `fab provision` mends."""
    return Broken(name, breaks, says, ("provision",), PROVISIONER)


BROKEN = (
    Broken("the database was dropped",
           f"systemctl stop gunicorn.service; {CLOSE}; echo 'DROP DATABASE ekklesia' | {PSQL};"
           " systemctl start gunicorn.service",
           "database", ("restore", "--live", "--yes", "--without-backup"), PROVISIONER),
    provisioned("the host's program is gone", "rm -rf /usr/local/lib/ekklesia/ekklesia_host",
                "ekklesia_host"),
)  # fmt: skip


def table() -> str:
    """The rows as Markdown."""
    rows = ((row.name, f"`{row.says}`" if row.says else "nothing: it serves", row) for row in BROKEN)
    lines = (f"| {name} | {says} | `{row.command}` | {row.user} |\n" for name, says, row in rows)
    return HEAD + "".join(lines)


def with_table(text: str) -> str:
    """The document with this table in the place of its own."""
    return text[: text.index(HEAD)] + table()


def main(document: Path = DOCUMENT) -> None:
    """Write the table into the document."""
    write_whole(document, with_table(document.read_text()))


if __name__ == "__main__":
    main()
