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
SHARED = f"{BASE}/shared"
RELEASES = f"{BASE}/releases"
PSQL = "runuser -u postgres -- psql -XqAt"
END_SESSIONS = "SELECT FROM pg_stat_activity, pg_terminate_backend(pid) WHERE datname = 'ekklesia'"
CLOSE = f'echo "ALTER DATABASE ekklesia ALLOW_CONNECTIONS false; {END_SESSIONS}" | {PSQL}'
SWITCH = f"""cd {RELEASES}; name=$(readlink ../current | xargs basename);\
 echo "{{\\"before\\": \\"$name\\", \\"after\\": \\"$name\\"}}" > {SHARED}/switch.json"""


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


DEPLOY_AGAIN = ("deploy", "--force")
BROKEN = (
    Broken("gunicorn and its socket are stopped", "systemctl stop gunicorn.socket gunicorn.service",
           "gunicorn is inactive", ("restart",)),
    Broken("the site was left closed", f"echo '{{}}' > {SHARED}/maintenance.json",
           "the site is closed", ("maintenance", "off")),
    Broken("`current` is gone", f"rm {BASE}/current; systemctl stop gunicorn.service",
           "nothing is deployed", ("deploy",)),
    Broken("every Python environment was deleted in the middle of a deploy",
           f"{SWITCH}; rm -rf {BASE}/environments/*; systemctl restart gunicorn.service; true",
           "was interrupted", ("deploy",)),
    Broken("the journal was cut off in a line", f"truncate --size=-9 {SHARED}/journal.jsonl",
           "", DEPLOY_AGAIN),
    provisioned("the journal is root's, and nobody else reads it",
                f"chown root:root {SHARED}/journal.jsonl; chmod 600 {SHARED}/journal.jsonl", ""),
    Broken("a restore was cut off while the databases were exchanged",
           f"{CLOSE}; echo 1 > {BASE}/exchange", "was interrupted", ("restart",)),
    Broken("the database was dropped",
           f"systemctl stop gunicorn.service; {CLOSE}; echo 'DROP DATABASE ekklesia' | {PSQL};"
           " systemctl start gunicorn.service",
           "database", ("restore", "--live", "--yes", "--without-backup"), PROVISIONER),
    provisioned("the PostgreSQL cluster was killed", "pkill -9 -o -u postgres; sleep 1", "database"),
    provisioned("a line of nginx's site is damaged",
                "sed -i '1i garbage;' /etc/nginx/sites-available/ekklesia", "nginx"),
    provisioned("sudo's rules of the deployer are gone", "rm /etc/sudoers.d/manager", "may not ask the host"),
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
