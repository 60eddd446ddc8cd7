"""dev-sec's baselines for sshd, nginx and PostgreSQL, and for a Debian that runs unattended for months."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deploy.remote import body_limits
from deploy.remote.linode_settings import LinodeSettings
from tests.smoke.conftest import Site

SSHD = {
    "strictmodes": "yes",
    "ignorerhosts": "yes",
    "hostbasedauthentication": "no",
    "gssapiauthentication": "no",
    "gatewayports": "no",
    "compression": "no",
    "loglevel": "VERBOSE",
    "logingracetime": "30",
    "maxauthtries": "4",
    "clientaliveinterval": "15",
    "clientalivecountmax": "3",
}
NGINX = {
    "server_tokens": "off",
    "ssl_session_tickets": "off",
    "client_header_timeout": "10s",
    "client_body_timeout": "30s",
    "send_timeout": "30s",
    "client_header_buffer_size": "1k",
    "large_client_header_buffers": "8 4k",
}
TIMERS = ["apt-daily.timer", "apt-daily-upgrade.timer", "logrotate.timer"]
REFUSED_METHODS = ["TRACE", "CONNECT"]


@pytest.mark.parametrize(("setting", "value"), SSHD.items(), ids=SSHD)
def test_sshd_keeps_to_the_baseline(host: Any, setting: str, value: str) -> None:
    with host.sudo():
        lines = host.check_output("sshd -T").splitlines()
    assert dict(line.partition(" ")[::2] for line in lines)[setting] == value


def test_a_host_key_is_roots_alone(host: Any) -> None:
    with host.sudo():
        keys = host.check_output("stat -c '%U %a' /etc/ssh/ssh_host_*_key").splitlines()
    assert set(keys) == {"root 600"}


@pytest.mark.parametrize(("directive", "value"), NGINX.items(), ids=NGINX)
def test_nginx_keeps_to_the_baseline(host: Any, directive: str, value: str) -> None:
    with host.sudo():
        said = host.check_output("nginx -T 2>/dev/null")
    assert set(re.findall(rf"^\s*{directive}\s+(.+?);", said, re.MULTILINE)) == {value}


def test_nginx_limits_bodies_as_django_does(host: Any) -> None:
    with host.sudo():
        said = host.check_output("nginx -T 2>/dev/null")
    allowed = re.findall(r"^\s*client_max_body_size\s+(\d+)m;", said, re.MULTILINE)
    assert sorted({int(size) for size in allowed}) == body_limits.load().sizes


def test_nginxs_workers_are_not_root(host: Any) -> None:
    owners = host.check_output("ps -C nginx -o user= -o args= | awk '/worker process/ {print $1}'").split()
    assert set(owners) == {"www-data"}


def test_nobody_but_root_can_change_nginxs_settings(host: Any) -> None:
    with host.sudo():
        assert host.check_output("find -L /etc/nginx -not -user root -o -perm /022 -not -type l") == ""


@pytest.mark.parametrize("method", REFUSED_METHODS)
def test_a_method_that_nobody_needs_is_refused(site: Site, method: str) -> None:
    assert site.request(method, "/admin/login/").status in {400, 405}


def test_postgresql_listens_only_to_this_host(host: Any) -> None:
    with host.sudo("postgres"):
        addresses = host.check_output("psql -XAtc 'SHOW listen_addresses'")
    assert set(addresses.replace(" ", "").split(",")) <= {"localhost", "127.0.0.1", "::1"}


def test_postgresql_has_one_superuser_that_no_password_opens(host: Any) -> None:
    query = "SELECT rolname, rolpassword IS NULL FROM pg_authid WHERE rolsuper"
    with host.sudo("postgres"):
        assert host.check_output(f'psql -XAtc "{query}"') == "postgres|t"


def test_postgresqls_files_are_its_own(host: Any) -> None:
    with host.sudo("postgres"):
        folder, rules = host.check_output("psql -XAtc 'SHOW data_directory' -c 'SHOW hba_file'").splitlines()
    with host.sudo():
        assert host.check_output("stat -c '%%U %%a' %s", folder) in {"postgres 700", "postgres 750"}
        assert int(host.check_output("stat -c '%%a' %s", rules), 8) & 0o007 == 0


def test_every_rule_of_the_firewall_is_one_we_know(host: Any, linode: LinodeSettings) -> None:
    with host.sudo():
        rules = host.check_output("nft --numeric list chain inet ekklesia input").splitlines()
    accepted = [line.strip() for line in rules if line.strip().endswith("accept")]
    ports = ", ".join(map(str, sorted({linode.port, 80, 443})))
    ports_opened = [line for line in accepted if "dport" in line]
    assert ports_opened == [f"tcp dport {{ {ports} }} accept"]
    assert {line.split()[0] for line in accepted} == {"ct", "iifname", "icmp", "icmpv6", "tcp"}


def test_nobody_goes_out_but_those_whom_we_know(host: Any, linode: LinodeSettings) -> None:
    with host.sudo():
        rules = host.check_output("nft --numeric list chain inet ekklesia output").splitlines()
        proxy = host.check_output("id -u ekklesia-egress")
    lines = [line.strip() for line in rules]
    assert any("hook output priority" in line and "policy drop" in line for line in lines)
    accepted = [line for line in lines if line.endswith("accept")]
    by_tcp = [line for line in accepted if "tcp dport" in line and "dport 53 " not in line]
    answers = [line for line in accepted if line.startswith("tcp")]
    assert all(re.search(r"tcp sport .* != (syn|0x2)\b", line) for line in answers)
    assert len(by_tcp) == 1 + len(linode.egress.others)
    assert by_tcp[0].startswith(f"meta skuid {proxy} tcp dport ")
    assert {line.split()[0] for line in accepted} == {"ct", "tcp", "oifname", "icmp", "icmpv6", "meta"}
    assert lines[-3] == "goto refused"


def test_the_proxy_refuses_what_is_not_on_its_list(host: Any) -> None:
    asked = "curl -s -o /dev/null -w '%%{http_connect}' -m 20 -x http://127.0.0.1:3128 https://%s/ || true"
    assert [host.check_output(asked, name) for name in ("example.com", "192.0.2.7")] == ["403", "403"]


def test_the_proxy_runs_as_a_user_of_its_own(host: Any) -> None:
    assert {process.user for process in host.process.filter(comm="tinyproxy")} == {"ekklesia-egress"}


@pytest.mark.parametrize("name", TIMERS)
def test_upkeep_runs_by_itself(host: Any, name: str) -> None:
    service = host.service(name)
    assert service.is_enabled
    assert service.is_running


def test_updates_of_security_are_among_those_that_install_themselves(host: Any) -> None:
    said = host.check_output("apt-config dump Unattended-Upgrade::Origins-Pattern")
    assert "label=Debian-Security" in said


def test_logs_are_rotated_and_bounded(host: Any) -> None:
    with host.sudo():
        rotation = host.run("logrotate --debug /etc/logrotate.conf")
    assert rotation.rc == 0
    assert "rotating pattern: /var/log/nginx/*.log" in rotation.stderr
    assert "SystemMaxUse=500M" in host.check_output("systemd-analyze cat-config systemd/journald.conf")


def test_the_clock_is_kept(host: Any) -> None:
    """A container has the clock of the machine that it runs on; everywhere else it is kept by NTP."""
    assert host.service("systemd-timesyncd").is_enabled
    if host.run("systemd-detect-virt --container --quiet").rc != 0:
        assert host.check_output("timedatectl show --property=NTPSynchronized --value") == "yes"


def test_the_kernel_keeps_its_own_guards(host: Any) -> None:
    assert host.sysctl("kernel.randomize_va_space") == 2
    assert host.sysctl("net.ipv4.conf.all.accept_source_route") == 0
