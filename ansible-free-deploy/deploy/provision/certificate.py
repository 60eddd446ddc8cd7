"""The certificate that nginx serves, always in one place: a person put it there, or ACME did."""

from __future__ import annotations

import shlex

from deploy.provision.operations import Operation, directory, ensure, file, link, unit
from deploy.remote import layout
from deploy.remote.linode_settings import LinodeSettings

CHAIN = f"{layout.TLS}/fullchain.pem"
KEY = f"{layout.TLS}/privkey.pem"
ACME_NAME = "ekklesia"
TRUST = "REQUESTS_CA_BUNDLE"
"""The variable in which certbot's HTTP library finds the authorities that it trusts."""
RENEWED_SECONDS = 7 * 24 * 3600
"""certbot's timer renews long before; if it did not, provisioning does."""
LIVE = f"/etc/letsencrypt/live/{ACME_NAME}"
RENEWAL = f"/etc/letsencrypt/renewal/{ACME_NAME}.conf"


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """A certificate is there when nginx starts; for ACME, at first a self-signed one."""
    there = f"[ -s {CHAIN} ] && [ -s {KEY} ]"
    missing = f"echo '{CHAIN} and {KEY} must be put on the host first (certificate: files)' >&2; exit 1"
    acme = settings.certificate == "acme"
    title = "certificate"
    return [directory(layout.TLS), ensure(title, there, _self_signed(settings) if acme else missing)]


def acme_state(settings: LinodeSettings) -> list[Operation]:
    """With ACME: the certificate is there, nginx uses it, and certbot's own timer renews it."""
    if settings.certificate != "acme":
        return []
    return [
        *_renewal_state(settings),
        ensure("certificate by ACME", _is_held(settings), _get(settings)),
        link(KEY, f"{LIVE}/privkey.pem"),
        link(CHAIN, f"{LIVE}/fullchain.pem", then="nginx -t -q && systemctl reload nginx"),
        unit("certbot.timer"),
    ]


def _renewal_state(settings: LinodeSettings) -> list[Operation]:
    """`_get` finds the way out and whom to trust in its environment; renewals find both in their unit's."""
    folder, reload = "/etc/systemd/system/certbot.service.d", "systemctl daemon-reload"
    lines = [f"Environment={variable}" for variable in _variables(settings)]
    content = "\n".join(["[Service]", *lines, ""])
    return [directory(folder), file(f"{folder}/ekklesia.conf", content, then=reload)]


def _variables(settings: LinodeSettings) -> list[str]:
    trust = [f"{TRUST}={settings.acme.authorities}"] if settings.acme.authorities else []
    return [f"HTTPS_PROXY={layout.EGRESS_URL}", *trust]


def _is_held(settings: LinodeSettings) -> str:
    """The certificate is from this authority, for exactly these names, and does not end soon."""
    chain, names = f"{LIVE}/fullchain.pem", settings.certified
    question = f"openssl x509 -noout -in {chain}"
    held = [f"{question} -checkhost {shlex.quote(name)} | grep -q 'does match'" for name in names]
    held += [f'[ "$({question} -ext subjectAltName | grep -o DNS: | wc -l)" = {len(names)} ]']
    held += [f"{question} -checkend {RENEWED_SECONDS} > /dev/null"]
    held += [f"grep -qxF 'server = {settings.acme.directory}' {RENEWAL}"]
    return " && ".join(held)


def _get(settings: LinodeSettings) -> str:
    """Ask for it; if that fails, say in one line which names could not be proven, and why."""
    words = ["certbot", "certonly", "--non-interactive", "--agree-tos", "--register-unsafely-without-email"]
    words += ["--server", settings.acme.directory, "--webroot", "--webroot-path", "/var/www/acme"]
    words += ["--cert-name", ACME_NAME, "--force-renewal", "--renew-with-new-domains"]
    words += ["--deploy-hook", "systemctl reload nginx"]
    words += [word for domain in settings.certified for word in ("--domain", domain)]
    exports = f"export {' '.join(_variables(settings))}\n"
    why = r"sed -En 's/^ *(Domain|Detail): +//p' | paste -sd ' '"
    failed = f'why=$(echo "$said" | {why}); echo "${{why:-$(echo "$said" | tail -1)}}" >&2; exit 1'
    return f"{exports}said=$({shlex.join(words)} 2>&1) || {{ {failed}; }}"


def _self_signed(settings: LinodeSettings) -> str:
    subject = shlex.quote(f"/CN={settings.certified[0]}")
    return (
        "umask 077\nopenssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "
        f"-subj {subject} -keyout {KEY} -out {CHAIN} 2>/dev/null"
    )
