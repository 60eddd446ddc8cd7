"""The environment of Django on the host: its domains, its mail server, and how it asks for a sync."""

from __future__ import annotations

import pulumi

from infra.cloud_function import CloudFunction
from infra.nudge_identity import NudgeIdentity
from infra.settings import Secrets, Settings


def environment(
    settings: Settings, secrets: Secrets, sync: CloudFunction, nudge: NudgeIdentity
) -> dict[str, pulumi.Input[str]]:
    """The variables that the cloud side decides. The host itself decides its keys and its database."""
    kept = {"SYNC_KEPT_DAYS": str(settings.records_kept_days)}
    return _site(settings) | kept | _mail(settings, secrets) | _nudge(settings, sync, nudge)


def _site(settings: Settings) -> dict[str, pulumi.Input[str]]:
    domains = settings.linode.domains
    return _staff(settings) | {
        "PORTAL_URL": settings.portal_url,
        "DJANGO_ALLOWED_HOSTS": ",".join(domains),
        "DJANGO_CSRF_TRUSTED_ORIGINS": ",".join(f"https://{domain}" for domain in domains),
    }


def _staff(settings: Settings) -> dict[str, pulumi.Input[str]]:
    staff = settings.linode.staff
    variables: dict[str, pulumi.Input[str]] = {"SESSION_IDLE_MINUTES": str(staff.idle_minutes)}
    if staff.second_factor_from:
        variables["SECOND_FACTOR_FROM"] = staff.second_factor_from.isoformat()
    return variables


def _mail(settings: Settings, secrets: Secrets) -> dict[str, pulumi.Input[str]]:
    mail = settings.linode.mail
    if mail is None:
        return {}
    chosen: dict[str, pulumi.Input[str] | None] = {
        "MAIL_USER": mail.user,
        "MAIL_PASSWORD": secrets.mail_password,
        "MAIL_REPLY_TO": mail.reply_to,
        "MAIL_OFFICE": mail.office,
    }
    return {name: value for name, value in chosen.items() if value is not None} | {
        "MAIL_HOST": mail.host,
        "MAIL_PORT": str(mail.port),
        "MAIL_TLS": mail.tls,
        "MAIL_SENDER": mail.sender,
        "MAIL_SENDER_NAME": mail.sender_name,
        "MAIL_PER_MINUTE": str(mail.per_minute),
        "MAIL_PER_DAY": str(mail.per_day),
        "MAIL_CONNECTIONS": str(mail.connections),
    }


def _nudge(settings: Settings, sync: CloudFunction, nudge: NudgeIdentity) -> dict[str, pulumi.Input[str]]:
    return {
        "NUDGE_URL": sync.url,
        "NUDGE_AUDIENCE": sync.url,
        "NUDGE_STS_URL": settings.google_apis.sts,
        "NUDGE_IAM_CREDENTIALS_URL": settings.google_apis.iam_credentials,
        "NUDGE_POOL_PROVIDER": nudge.subject.audience,
        "NUDGE_SERVICE_ACCOUNT": nudge.service_account,
        "NUDGE_ISSUER": nudge.subject.issuer,
        "NUDGE_SUBJECT": nudge.subject.subject,
    }
