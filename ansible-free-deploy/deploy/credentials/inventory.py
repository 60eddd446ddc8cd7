"""Every secret and key of the system, where it is, and how it is made anew.

`make access` writes it into docs/access.md, with what the program in `infra/` says of each secret.
"""

from __future__ import annotations

from dataclasses import dataclass

from deploy.remote.api_callers import FUNCTIONS

ALL_AT_ONCE = "fab incident.revoke-all"
TASK, HAND, GOOGLE = "yes", "by hand", "by Google"
KENNI_ID = "kenni-client-secret"  # nosec B105 - a name


@dataclass(frozen=True)
class Credential:
    """A secret or a key."""

    name: str
    place: str
    renewed_by: str
    secret_id: str = ""
    """Its name in Secret Manager, if it is there."""
    by: str = TASK
    """Who makes it anew after a compromise."""


def _token(function: str) -> Credential:
    name = f"token of `{function}`"
    secret = f"{function.replace('_', '-')}-api-token"
    return Credential(
        name, "stack's file, Secret Manager; its SHA-256 on the host", "`fab tokens.rotate`", secret
    )


CREDENTIALS = (
    *(_token(function) for function in FUNCTIONS),
    Credential(
        "client secret at Kenni.is",
        "stack's file, Secret Manager",
        "get a new one from Kenni.is, `pulumi config set --secret kenniClientSecret`, `pulumi up`",
        secret_id=KENNI_ID,
        by=HAND,
    ),
    Credential(
        "key of the list of erased keys",
        "stack's file, Secret Manager",
        "never: under another key nothing is synced. Anybody who has both the key and the list"
        " can tell whether somebody was erased, and nothing else",
        secret_id="erased-keys-key",  # noqa: S106 # nosec B106 - a name
        by=HAND,
    ),
    Credential(
        "password of the mail server",
        "stack's file, Secret Manager; host, `/etc/ekklesia/ekklesia.env`",
        "get a new one from its provider, `pulumi config set --secret mailPassword`, `pulumi up`",
        by=HAND,
    ),
    Credential(
        "tokens of persons' scripts", "PostgreSQL, their SHA-256", "`fab tokens.revoke`, `fab tokens.issue`"
    ),
    Credential("sessions of staff", "PostgreSQL", f"`{ALL_AT_ONCE}`"),
    Credential("sessions of members", "Firebase Auth, refresh tokens", f"`{ALL_AT_ONCE}`"),
    Credential("Django's secret key", "host, `/etc/ekklesia/host.env`", f"`{ALL_AT_ONCE}`"),
    Credential("password of the database", "host, `/etc/ekklesia/host.env`", f"`{ALL_AT_ONCE}`"),
    Credential("key that seals second factors", "host, `/etc/ekklesia/host.env`", "`fab admin.rotate-key`"),
    Credential("key that signs nudges", "host, `/etc/ekklesia/nudge-key.pem`", f"`{ALL_AT_ONCE}`"),
    Credential("key of the backup's copies", "host, `/etc/ekklesia/backup-key.pem`", f"`{ALL_AT_ONCE}`"),
    Credential(
        "signer of log-ins", "Google's own key, no copy anywhere", "Google does that itself", by=GOOGLE
    ),
    Credential(
        "login keys of the host",
        "the operators' machines; public halves in the stack's file",
        "new keys into `access` of the stack's file, `fab provision`",
        by=HAND,
    ),
    Credential("password of the user who provisions", "host", "`passwd` on the host", by=HAND),
    Credential(
        "offline key of the backups",
        "two places off the machines",
        "`age-keygen`, its public half into `backup.recipient`, `pulumi up`, `fab backup`",
        by=HAND,
    ),
    Credential(
        "key of the certificate",
        "host, certbot's folder",
        "`certbot renew --force-renewal` on the host",
        by=HAND,
    ),
    Credential(
        "passphrase of the stack's secrets",
        "the operators' password manager",
        "`pulumi stack change-secrets-provider`",
        by=HAND,
    ),
    Credential(
        "passwords and second factors of staff",
        "PostgreSQL, hashed or encrypted",
        "a superuser, in the admin",
        by=HAND,
    ),
)
BY_HAND = tuple(credential for credential in CREDENTIALS if credential.by == HAND)
