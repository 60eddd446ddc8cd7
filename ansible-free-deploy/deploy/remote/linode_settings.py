"""The settings `ekklesia:linode` of a stack: what they may say, and how a mistake in them is explained.

Pulumi's program and Fabric's tasks read this section, each from the stack's own file, and both check it here.
So `pulumi preview` and `fab` refuse the same mistake with the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

HARDWARE = "sk-ssh-ed25519@openssh.com"
"""The kind of a key that is in a piece of hardware (FIDO2)."""
SECTION = "ekklesia:linode"
WHEEL_BUCKET_SUFFIX = "-wheels"
"""The name of the bucket for wheels is the project's id with this suffix."""
LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"


def _text(pattern: str, meaning: str) -> AfterValidator:
    """A text of this form, which `meaning` describes to the person who wrote another one."""
    form = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"should be {meaning}")
        return text

    return AfterValidator(check)


def _network(text: str) -> str:
    """A range of addresses as nginx takes it; never the whole internet."""
    network = ip_network(text)
    if not network.prefixlen:
        raise ValueError("should not be the whole internet")
    return str(network)


def _ipv6(text: str) -> str:
    """What has colons is an IPv6 address."""
    return str(IPv6Address(text)) if ":" in text else text


def _is_loopback(host: str) -> bool:
    """Whether it is an address of the host itself. A name may begin with such digits, too."""
    try:
        return IPv4Address(host).is_loopback
    except AddressValueError:
        return False


def _by_family(networks: list[str]) -> dict[str, list[str]]:
    """The networks, as nftables tells addresses of IPv4 and IPv6 apart."""
    families = {"ip": [each for each in networks if ":" not in each]}
    families["ip6"] = [each for each in networks if ":" in each]
    return {family: listed for family, listed in families.items() if listed}


def _day(value: object) -> object:
    """YAML knows days; Pulumi hands them on as the text of a moment."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.removesuffix("T00:00:00Z"))
        except ValueError:
            raise ValueError("should be a day: 2027-06-30") from None
    return value


def _without_trailing_slash(url: str) -> str:
    if url.endswith("/"):
        raise ValueError("should not end with a slash")
    return url


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_HTTPS_URL = rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~-]+)*/?"

HostName = Annotated[str, _text(rf"(?=.{{1,253}}$){_HOST}", "a host name or an IPv4 address")]
Address = Annotated[
    str,
    _text(rf"(?=.{{1,253}}$){_HOST}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+", "a host name or an IP address"),
    AfterValidator(_ipv6),
]
HttpsUrl = Annotated[
    str,
    _text(_HTTPS_URL, "an https URL: a host, perhaps a port and a path"),
    AfterValidator(_without_trailing_slash),
]
UserName = Annotated[
    str, _text(r"[a-z_][a-z0-9_-]{0,31}", "a user's name: small letters, digits, `_` and `-`")
]
HostPath = Annotated[str, _text(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+", "the full path of a file on the host")]
AgeRecipient = Annotated[
    str, _text(r"age1[02-9ac-hj-np-z]{58}", "the public half of an age key, which begins with `age1`")
]
DatabaseName = Annotated[
    str, _text(r"[a-z_][a-z0-9_]{0,62}", "a database's name: small letters, digits and `_`")
]
_KEY = r"(ssh-ed25519|ssh-rsa|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]{40,1000}={0,2}"
PublicKey = Annotated[
    str,
    _text(
        rf"{_KEY}( [A-Za-z0-9@._+-]{{1,60}})?",
        "a public key as `ssh-keygen` writes it: kind, key and one word about whose it is",
    ),
]
EmailAddress = Annotated[
    str, _text(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "an e-mail address")
]
OneLine = Annotated[
    str, _text(r"[^\x00-\x1f\x7f\"\\<>]{1,200}", "one line without quotation marks, `<`, `>` and backslashes")
]
Day = Annotated[date, BeforeValidator(_day)]
Network = Annotated[str, AfterValidator(_network)]
Count = Annotated[int, Field(ge=1, le=1000)]


class Section(BaseModel):
    """A group of settings: keys as the file writes them (`apiBaseUrl`), none unknown, no type converted."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class BackupSettings(Section):
    """Who can open the host's backups, and how many stay on it."""

    recipient: AgeRecipient | None = None
    """The public half of the offline key. Without one nothing is backed up, and no host is provisioned."""
    daily: Count = 7
    weekly: Count = 5
    monthly: Count = 12
    unscheduled: Count = 5
    """How many of the newest stay of each kind that people and deploys make."""


class Acme(Section):
    """Who signs the certificate (RFC 8555), and for which domains; if none is named, for all of the host's.

    `authorities` is a PEM file on the host: the authorities that vouch for the directory's own certificate,
    if Debian's list does not.
    """

    directory: HttpsUrl = LETS_ENCRYPT
    domains: Annotated[list[HostName], Field(min_length=1)] | None = None
    authorities: HostPath | None = None


class Access(Section):
    """Whose keys let in: those of `deploy`, who deploys, and of `provision`, who becomes root.

    While none are listed, the keys stay that were on the host. `addresses` are those from which the listed
    keys let in; if there are none, from everywhere.
    """

    deploy: list[PublicKey] = []
    provision: list[PublicKey] = []
    addresses: list[Network] = []

    def lines(self, keys: list[str]) -> str:
        """The content of a file of accepted keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT)."""
        limit = f'from="{",".join(self.addresses)}" ' if self.addresses else ""
        return "".join(f"{limit}{key}\n" for key in keys)

    @model_validator(mode="after")
    def _limits_have_keys(self) -> Self:
        if self.addresses and not (self.deploy and self.provision):
            raise ValueError("addresses: go with keys; list those of `deploy` and `provision`, too")
        return self


class StaffSettings(Section):
    """How staff log in to the admin."""

    second_factor_from: Day | None = None
    """From this day on nobody uses it without a second factor; unset: from the start."""
    idle_minutes: Annotated[int, Field(ge=5, le=480)] = 30
    """A log-in ends when it was not used for so long."""


class MailSettings(Section):
    """The mail server for letters to members. Its password is the secret setting `mailPassword`."""

    host: HostName
    port: Annotated[int, Field(gt=0, lt=65536)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; `none` is for a server on the host itself."""
    user: OneLine | None = None
    sender: EmailAddress
    sender_name: OneLine
    """What members see as the sender; the first is also where bounces go."""
    reply_to: EmailAddress | None = None
    office: OneLine | None = None
    """The association's name and address, at the end of each letter."""
    per_minute: Annotated[int, Field(ge=0, le=6000)] = 120
    per_day: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """What the provider allows in 24 hours; 0: no limit."""
    connections: Annotated[int, Field(ge=1, le=10)] = 2

    @property
    def is_local(self) -> bool:
        """Whether the server is on the host itself, so that nothing has to leave it."""
        return self.host == "localhost" or _is_loopback(self.host)

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if self.tls == "none" and not self.is_local:
            raise ValueError("tls: `none` is for a server on the host itself (127.0.0.1)")
        return self


class Outgoing(Section):
    """A connection that a user of the host may make beside HTTPS and `mail`."""

    user: UserName
    port: Annotated[int, Field(gt=0, lt=65536)]
    addresses: Annotated[list[Network], Field(min_length=1)]

    @property
    def by_family(self) -> dict[str, list[str]]:
        """The addresses, those of IPv4 and of IPv6 apart."""
        return _by_family(self.addresses)


class Egress(Section):
    """What the host may reach besides what every host of ours needs: names by HTTPS, and single ports.

    `resolvers` are the only ones that it asks for names; if none are listed, any.
    """

    names: list[HostName] = []
    resolvers: list[Network] = []
    others: list[Outgoing] = []

    @property
    def resolvers_by_family(self) -> dict[str, list[str]]:
        """The resolvers, those of IPv4 and of IPv6 apart."""
        return _by_family(self.resolvers)


class PreviousSite(Section):
    """A site that was built by hand and served before: the first deploy copies its register."""

    database: DatabaseName


class LinodeSettings(Section):
    """What a stack says of its host.

    Each value has a strict form, because it ends up in a shell command or a configuration file.
    """

    address: Address
    port: Annotated[int, Field(gt=0, lt=65536)]
    user: UserName
    """Who deploys: may have done as root what one program on the host knows (docs/hardening.md)."""
    provisioner: UserName = "provision"
    """Who provisions: becomes root."""
    provision_by: Literal["password", "securityKey"] = "password"
    """How sudo knows the provisioner: by a password, or by the touch and PIN of a hardware key."""
    access: Access = Access()
    domains: Annotated[list[HostName], Field(min_length=1)]
    api_base_url: HttpsUrl
    workers: Annotated[int, Field(gt=0, le=10)]
    certificate: Literal["acme", "files"]
    backup: BackupSettings = BackupSettings()
    runtime: Literal["legacy", "current"] | None = None
    """Python 3.6 with Django 2.2, or the newest. Unset: the newest, but a host on the first stays there."""
    legacy_until: Day | None = None
    """The day until which `legacy` is meant to last; `fab status` counts the days."""
    acme: Acme = Acme()
    staff: StaffSettings = StaffSettings()
    mail: MailSettings | None = None
    """Without one, staff can write letters and cannot send them."""
    egress: Egress = Egress()
    postgresql: Literal["debian", "existing"] = "debian"
    """Installed from Debian, or a server that is there already, on the usual port."""
    previous_site: PreviousSite | None = None
    trusted_proxies: list[Network] = []
    """The proxies whose `X-Forwarded-*` headers are believed."""
    accept_changes: bool = False
    """Let `fab provision`, which `pulumi up` runs, replace files that somebody edited without a question."""
    allow_dirty: bool = False
    """Deploy also what no commit holds: for hosts on which people try unfinished work."""

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, section: Any) -> Any:
        if isinstance(section, dict) and "former" in section:
            raise ValueError("former: this setting is called `previousSite` now")
        return section

    @model_validator(mode="after")
    def _two_users(self) -> Self:
        if self.user == self.provisioner or "root" in {self.user, self.provisioner}:
            raise ValueError("provisioner: must be another user than `user`, and neither may be root")
        return self

    @model_validator(mode="after")
    def _hardware_keys(self) -> Self:
        keys = self.access.provision
        if self.provision_by == "securityKey" and not (
            keys and all(key.startswith(HARDWARE) for key in keys)
        ):
            raise ValueError(f"provisionBy: `securityKey` needs keys in access.provision, each {HARDWARE}")
        return self

    @model_validator(mode="after")
    def _one_server_of_postgresql(self) -> Self:
        if self.previous_site and self.postgresql != "existing":
            raise ValueError(
                "previousSite: postgresql must be `existing`, whose server then holds both registers"
            )
        return self

    @model_validator(mode="after")
    def _legacy_has_an_end(self) -> Self:
        if self.runtime == "legacy" and not self.legacy_until:
            raise ValueError("legacyUntil: is missing; say until which day `legacy` is to last (2027-06-30)")
        if self.legacy_until and self.runtime != "legacy":
            raise ValueError("legacyUntil: goes with `runtime: legacy` only")
        return self

    @property
    def certified(self) -> list[str]:
        """The names on the certificate."""
        return (self.certificate == "acme" and self.acme.domains) or self.domains


Location = tuple[int | str, ...]
"""Where in the settings a mistake is, as pydantic says it: `("linode", "domains", 0)`."""


def explain(error: ValidationError, key: Callable[[Location], str]) -> str:
    """All mistakes in one line. `key` writes the place of each as the stack's file does."""
    entries = error.errors(include_url=False)
    return "; ".join(f"{key(entry['loc'])}: {_reason(entry)}" for entry in entries)


def key_in_section(location: Location) -> str:
    """The key of a place within the section: `ekklesia:linode.domains.0`."""
    return ".".join([SECTION, *map(str, location)])


def _reason(entry: Any) -> str:
    match entry["type"]:
        case "extra_forbidden":
            return "is not a setting"
        case "missing":
            return "is missing"
        case "model_type" | "model_attributes_type":
            return "should be a group of settings"
        case _:
            return str(entry["msg"]).removeprefix("Value error, ").replace("Input should", "should")
