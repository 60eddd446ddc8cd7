"""Ways to break a host. Each names the smoke test that must notice it, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

SETTINGS = "/etc/ekklesia/ekklesia.env"
HOST_SETTINGS = "/etc/ekklesia/host.env"
BACKUPS = "/srv/ekklesia/backups"
SITE = "/etc/nginx/sites-available/ekklesia"
TLS = "/etc/nginx/conf.d/ekklesia-tls.conf"
HTTP = "/etc/nginx/conf.d/ekklesia-http.conf"
CERTIFICATE = "/etc/ssl/ekklesia/fullchain.pem"
KEY = "/etc/ssl/ekklesia/privkey.pem"
PROXY = "/etc/ekklesia-egress/tinyproxy.conf"
CURRENT = "/srv/ekklesia/current"
CODE = f"{CURRENT}/backend/ekklesia/health.py"
SSHD = "/etc/ssh/sshd_config.d/00-sabotage.conf"
KEPT = "/root/sabotaged"
# Not a reload: nginx's old workers would answer for a while. systemd refuses many restarts without the reset.
AGAIN = "systemctl reset-failed nginx; systemctl restart nginx"
MAIN = "$(systemctl show -p MainPID --value gunicorn)"
SECRET = f'"$(sed -n s/^DJANGO_SECRET_KEY=//p {HOST_SETTINGS})"'
PSQL = "runuser -u postgres -- psql -qXc"


def until(condition: str) -> str:
    """Wait until a shell command succeeds, 20 seconds at most."""
    return f"timeout 20 sh -c 'until {condition}; do sleep 0.1; done'"


LISTEN = (
    "systemd-run --quiet --collect --unit=sabotage python3 -m http.server 8080;"
    f" {until('ss -Htln sport = :8080 | grep -q .')}"
)
END = "systemctl stop sabotage"
WORKERS = f"pgrep -c -P {MAIN} gunicorn"


@dataclass(frozen=True)
class Sabotage:
    """Commands, run as root, and the test in `tests/smoke` that fails between the two."""

    name: str
    test: str
    breaks: str
    mends: str


def edit(name: str, test: str, file: str, change: str, again: str = AGAIN) -> Sabotage:
    """A file changed by `sed`; it is mended by the original file, with its owner and mode."""
    keep = f"cp -a {file} {KEPT}; sed -i -E '{change}' {file}; ! cmp -s {file} {KEPT}"
    return Sabotage(name, test, f"{keep} && {again}", f"mv {KEPT} {file}; {again}")


def added(name: str, test: str, file: str, line: str, again: str = "true") -> Sabotage:
    """A configuration file added."""
    return Sabotage(name, test, f"echo '{line}' > {file}; {again}", f"rm {file}; {again}")


def mode(name: str, test: str, file: str, wrong: str) -> Sabotage:
    """A file with a wrong mode; it is mended by the mode that it had."""
    return Sabotage(
        name, test, f"stat -c %a {file} > {KEPT}; chmod {wrong} {file}", f"chmod $(cat {KEPT}) {file}"
    )


def service(name: str, test: str, wrong: str, right: str) -> Sabotage:
    """A wrong and a right command of systemctl."""
    return Sabotage(name, test, f"systemctl --quiet {wrong}", f"systemctl --quiet {right}")


def sql(name: str, test: str, wrong: str, right: str) -> Sabotage:
    """A wrong and a right statement of SQL."""
    return Sabotage(name, test, f'{PSQL} "{wrong}"', f'{PSQL} "{right}"')


FILES = (
    mode(
        "settings readable", f"test_files.py::test_a_secret_is_its_owners_alone[{SETTINGS}]", SETTINGS, "644"
    ),
    mode("backups open", f"test_files.py::test_a_secret_is_its_owners_alone[{BACKUPS}]", BACKUPS, "755"),
    mode("key readable", f"test_files.py::test_a_key_is_unreadable_for_others[{KEY}]", KEY, "644"),
    mode("socket for all", "test_files.py::test_the_socket_is_nginxs_alone", "/run/gunicorn.sock", "666"),
    mode("code for all", "test_files.py::test_nothing_of_the_code_is_writable_for_everyone", CODE, "666"),
    Sabotage(
        "the user who deploys can exchange what root reads",
        "test_files.py::test_what_root_reads_lies_in_folders_of_roots_alone[/srv/ekklesia]",
        "chown manager /srv/ekklesia",
        "chown root /srv/ekklesia",
    ),
    Sabotage(
        "code belongs to the site",
        "test_files.py::test_the_site_can_write_nothing_of_its_code",
        f"chown ekklesia {CODE}",
        f"chown manager {CODE}",
    ),
    Sabotage(
        "secret in a process list",
        "test_files.py::test_no_secret_stands_in_a_process_list",
        f"systemd-run --quiet --collect --unit=sabotage --description=x sh -c 'sleep 600; true' {SECRET}",
        END,
    ),
)
ACCESS = (
    Sabotage(
        "another port listens",
        "test_access.py::test_only_ssh_and_the_web_listen_for_the_world",
        LISTEN,
        END,
    ),
    Sabotage(
        "another port is open",
        "test_access.py::test_the_firewall_answers_nothing_on_other_ports[8080]",
        f"{LISTEN}; nft insert rule inet ekklesia input tcp dport 8080 accept",
        f"{END}; nft -f /etc/nftables.conf",
    ),
    Sabotage(
        "the firewall lets all through",
        "test_access.py::test_the_firewall_drops_what_it_does_not_know",
        "nft add chain inet ekklesia input { policy accept\\; }",
        "nft -f /etc/nftables.conf",
    ),
    Sabotage(
        "the site's user goes out by itself",
        "test_baselines.py::test_nobody_goes_out_but_those_whom_we_know",
        "nft insert rule inet ekklesia output meta skuid ekklesia tcp dport 443 accept",
        "nft -f /etc/nftables.conf",
    ),
    Sabotage(
        "the proxy goes anywhere",
        "test_baselines.py::test_the_proxy_refuses_what_is_not_on_its_list",
        f"cp -a {PROXY} {KEPT}; sed -i s/FilterDefaultDeny.*// {PROXY}; systemctl restart ekklesia-egress",
        f"mv {KEPT} {PROXY}; systemctl restart ekklesia-egress",
    ),
    added(
        "root may log in", "test_access.py::test_sshd_is_strict[permitrootlogin]", SSHD, "PermitRootLogin yes"
    ),
    added(
        "weak cipher of SSH",
        "test_access.py::test_sshd_offers_nothing_weak[ciphers]",
        SSHD,
        "Ciphers aes128-cbc,aes256-ctr",
    ),
    sql(
        "weak password hash",
        "test_access.py::test_postgresql_asks_everyone_for_a_scram_password",
        "SET password_encryption = 'md5'\" -c \"CREATE ROLE sabotage PASSWORD 'x'",
        "DROP ROLE sabotage",
    ),
    sql(
        "the site is a superuser of PostgreSQL",
        "test_access.py::test_the_sites_role_is_an_ordinary_one",
        "ALTER ROLE ekklesia SUPERUSER",
        "ALTER ROLE ekklesia NOSUPERUSER",
    ),
    added(
        "the user who deploys is root by sudo",
        "test_access.py::test_the_user_who_deploys_is_root_by_one_program_alone",
        "/etc/sudoers.d/zz-sabotage",
        "manager ALL=(ALL) NOPASSWD: ALL",
    ),
    added(
        "the user who provisions needs no password",
        "test_access.py::test_the_user_who_provisions_needs_more_than_a_file",
        "/etc/sudoers.d/zz-sabotage",
        "provision ALL=(ALL) NOPASSWD: ALL",
    ),
    added(
        "a stolen login can leave a key behind",
        "test_access.py::test_only_root_says_whose_keys_let_in",
        SSHD,
        "AuthorizedKeysFile .ssh/authorized_keys",
    ),
    Sabotage(
        "another person can log in",
        "test_access.py::test_nobody_but_root_and_the_two_users_can_log_in",
        "useradd --shell /bin/bash sabotage",
        "userdel sabotage",
    ),
)
SERVICES = (
    service(
        "no backups any more",
        "test_services.py::test_a_service_runs_and_starts_at_boot[ekklesia-backup.timer]",
        "stop ekklesia-backup.timer",
        "start ekklesia-backup.timer",
    ),
    service(
        "nginx does not start at boot",
        "test_services.py::test_a_service_runs_and_starts_at_boot[nginx]",
        "disable nginx",
        "enable nginx",
    ),
    Sabotage(
        "a unit has failed",
        "test_services.py::test_no_unit_has_failed",
        "systemd-run --quiet --wait --unit=sabotage false; true",
        "systemctl reset-failed sabotage",
    ),
    edit(
        "another release is named",
        "test_services.py::test_the_serving_release_is_the_one_that_current_names",
        f"{CURRENT}/RELEASE",
        "s/^./x/",
        "true",
    ),
    Sabotage(
        "a switch was left unfinished",
        "test_services.py::test_no_switch_was_left_unfinished",
        "touch /srv/ekklesia/shared/switch.json",
        "rm /srv/ekklesia/shared/switch.json",
    ),
    Sabotage(
        "backups are old",
        "test_services.py::test_there_is_a_fresh_backup_with_its_checksum",
        f"touch -d '3 days ago' {BACKUPS}/*",
        f"touch {BACKUPS}/*",
    ),
    added(
        "no updates any more",
        "test_services.py::test_updates_install_themselves",
        "/etc/apt/apt.conf.d/99-sabotage",
        'APT::Periodic::Unattended-Upgrade "0";',
    ),
    Sabotage(
        "a worker is missing",
        "test_services.py::test_the_workers_are_as_many_as_set",
        f"{WORKERS} > {KEPT}; kill -TTOU {MAIN}; {until(f'[ $({WORKERS}) -lt $(cat {KEPT}) ]')}",
        f"kill -TTIN {MAIN}; {until(f'[ $({WORKERS}) -eq $(cat {KEPT}) ]')}",
    ),
)
WEB = (
    added(
        "no HSTS",
        "test_web.py::test_the_site_sends_its_security_headers[strict-transport-security]",
        "/etc/nginx/conf.d/sabotage.conf",
        "proxy_hide_header Strict-Transport-Security;",
        AGAIN,
    ),
    edit(
        "a program without TLS is led on",
        "test_web.py::test_a_program_that_asks_without_tls_is_not_led_on",
        HTTP,
        "s/return 421 .Ask this host.*/return 301 https:\\/\\/\\$host\\$request_uri;/",
    ),
    edit(
        "nginx tells its version",
        "test_web.py::test_versions_are_not_told",
        TLS,
        "s/(server_tokens) off/\\1 on/",
    ),
    Sabotage(
        "TLS 1.1",
        "test_web.py::test_old_tls_is_refused[1.1]",
        f"cp -a {SITE} {TLS} /root; sed -i 's/TLSv1.2 TLSv1.3/TLSv1.1 TLSv1.2 TLSv1.3/' {SITE};"
        f" sed -i 's/^ssl_ciphers /ssl_ciphers ALL:@SECLEVEL=0:/' {TLS}; {AGAIN}",
        f"mv /root/ekklesia {SITE}; mv /root/ekklesia-tls.conf {TLS}; {AGAIN}",
    ),
    Sabotage(
        "a self-signed certificate",
        "test_web.py::test_every_name_has_a_valid_certificate",
        f"cp -a {CERTIFICATE} {KEPT};"
        f" openssl req -x509 -key {KEY} -days 30 -subj /CN=sabotage -out {CERTIFICATE}; {AGAIN}",
        f"mv {KEPT} {CERTIFICATE}; {AGAIN}",
    ),
    edit("any name is served", "test_web.py::test_an_unknown_name_gets_no_answer", SITE, "s/444/200/"),
    edit("HTTP stays HTTP", "test_web.py::test_http_leads_to_https", HTTP, "s/return 301/return 302/"),
)
SABOTAGES = FILES + ACCESS + SERVICES + WEB
