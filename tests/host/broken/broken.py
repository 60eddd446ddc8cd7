"""One broken host: how it is broken, what `fab status` says of it, and the command that mends it."""

from __future__ import annotations

from dataclasses import dataclass

DEPLOYER = "deployer"
PROVISIONER = "provisioner"

BASE = "/srv/ekklesia"
SHARED = f"{BASE}/shared"
RELEASES = f"{BASE}/releases"
SETTINGS = "/etc/ekklesia"
TLS = "~/tls"
"""The folder, on the operator's machine, with a good certificate of the host."""
RESTART = "systemctl restart gunicorn.service; true"
"""The site may not come up any more; a command that breaks a host succeeds all the same."""


@dataclass(frozen=True)
class Broken:
    """Commands, run as root, that break a host; a text that `fab status` prints then, and the cure.

    `settings`: the cure reads the site's settings on its standard input. `after`: takes away what only the
    test needed, once all is well. `part`: what of the host is broken, if it can be broken together with other
    parts; empty if it hides other faults, or is mended by another way than they are.
    """

    name: str
    breaks: str
    says: str
    heals: tuple[str, ...]
    user: str = DEPLOYER
    settings: bool = False
    after: str = ""
    part: str = ""

    @property
    def command(self) -> str:
        """The cure as a person types it."""
        return " ".join(("fab", *self.heals, *(["< settings.json"] if self.settings else [])))

    def goes_with(self, other: Broken) -> bool:
        """Whether both can be broken at once, for one command to mend."""
        apart = self.part and other.part and self.part != other.part
        return bool(apart) and self.command == other.command


def deployed(name: str, breaks: str, says: str, *options: str, after: str = "") -> Broken:
    """A host that a deploy mends."""
    return Broken(name, breaks, says, ("deploy", *options), after=after)


def configured(name: str, breaks: str, says: str) -> Broken:
    """A host that gets the settings of the cloud again."""
    return Broken(name, breaks, says, ("configure",), settings=True)


def provisioned(name: str, breaks: str, says: str, part: str = "", after: str = "") -> Broken:
    """A host that another run of `fab provision` mends."""
    return Broken(name, breaks, says, ("provision",), PROVISIONER, after=after, part=part)


def edited(name: str, breaks: str, says: str) -> Broken:
    """A host on which somebody edited a file; `fab provision` is told to replace it."""
    return Broken(name, breaks, says, ("provision", "--accept-changes"), PROVISIONER)
