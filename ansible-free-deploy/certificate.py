"""The certificate that nginx serves, always at one place: put there, or had from an ACME authority."""

from __future__ import annotations

import shlex

import layout
from host_operations import Operation, directory, ensure, link
from stack_file import LinodeSettings

CHAIN = f"{layout.TLS}/fullchain.pem"
KEY = f"{layout.TLS}/privkey.pem"
ACME_NAME = "ekklesia"
LIVE = f"/etc/letsencrypt/live/{ACME_NAME}"


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """A certificate is there when nginx starts. For ACME that is at first one that nobody trusts."""
    there = f"[ -s {CHAIN} ] && [ -s {KEY} ]"
    missing = f"echo '{CHAIN} and {KEY} must be put on the host first (certificate: files)' >&2; exit 1"
    acme = settings.certificate == "acme"
    title = "certificate"
    return [directory(layout.TLS), ensure(title, there, _self_signed(settings) if acme else missing)]


def acme_state(settings: LinodeSettings) -> list[Operation]:
    """With ACME: the certificate is had, nginx uses it, and certbot's own timer renews it."""
    if settings.certificate != "acme":
        return []
    domains = " ".join(f"--domain {shlex.quote(domain)}" for domain in settings.domains)
    get = "certbot certonly --non-interactive --agree-tos --register-unsafely-without-email --webroot"
    get += f" --webroot-path /var/www/acme --cert-name {ACME_NAME} {domains}"
    get += " --deploy-hook 'systemctl reload nginx'"
    return [
        ensure("certificate by ACME", f"[ -s {LIVE}/fullchain.pem ]", get),
        link(KEY, f"{LIVE}/privkey.pem"),
        link(CHAIN, f"{LIVE}/fullchain.pem", then="nginx -t -q && systemctl reload nginx"),
    ]


def _self_signed(settings: LinodeSettings) -> str:
    subject = shlex.quote(f"/CN={settings.domains[0]}")
    return (
        "umask 077\nopenssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "
        f"-subj {subject} -keyout {KEY} -out {CHAIN} 2>/dev/null"
    )
