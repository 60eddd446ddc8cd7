"""What serves is broken: nginx, gunicorn, and the settings of both."""

from __future__ import annotations

from tests.host.broken.broken import (
    BASE,
    PROVISIONER,
    RESTART,
    SETTINGS,
    SHARED,
    TLS,
    Broken,
    configured,
    edited,
    provisioned,
)

NGINX = "/etc/nginx"
UNIT = "/etc/systemd/system/gunicorn.service"
RELOAD = "systemctl reload nginx"
PID = "$(systemctl show -p MainPID --value gunicorn)"
LONG = "{ printf 'X_LONG=\"'; head -c 200000 /dev/zero | tr '\\0' x; echo '\"'; }"

SERVED = "/etc/ssl/ekklesia"
AUTHORITY = """[ca]
default_ca=own
[own]
database=/run/broken-ca/index
serial=/run/broken-ca/serial
new_certs_dir=/run/broken-ca
policy=any
[any]
commonName=supplied"""
EXPIRE = f"""mkdir -p /run/broken-ca; cd /run/broken-ca; : > index; echo 01 > serial
echo '{AUTHORITY}' > settings
openssl req -new -key {SERVED}/privkey.pem -subj /CN=expired -out request
openssl ca -batch -config settings -selfsign -keyfile {SERVED}/privkey.pem -md sha256 -notext -in request \\
    -startdate 20200101000000Z -enddate 20200201000000Z -out {SERVED}/fullchain.pem
{RELOAD}"""
RENEW = ("certificate", f"--chain={TLS}/host.pem", f"--key={TLS}/host-key.pem")

SITE = (
    Broken("gunicorn and its socket are stopped", "systemctl stop gunicorn.socket gunicorn.service",
           "gunicorn is inactive", ("restart",)),
    Broken("gunicorn hangs", f"pkill -STOP -P {PID}; kill -STOP {PID}",
           "it does not answer as it should", ("restart",)),
    Broken("the site was left closed", f"echo '{{}}' > {SHARED}/maintenance.json",
           "the site is closed", ("maintenance", "off")),
    provisioned("nginx is stopped, and no boot starts it", "systemctl disable --now nginx",
                "nginx is inactive", "nginx"),
    provisioned("nginx is masked", "systemctl stop nginx; systemctl mask nginx", "it is masked", "nginx"),
    edited("a line of nginx's site is damaged",
           f"sed -i '1i garbage;' {NGINX}/sites-available/ekklesia",
           "nginx: it would not start with these files"),
    provisioned("two files are gone that nginx's site includes, and its own",
                f"rm {NGINX}/snippets/ekklesia-headers.conf {NGINX}/snippets/ekklesia-gunicorn.conf"
                f" {NGINX}/sites-available/ekklesia",
                "/etc/nginx/sites-available/ekklesia: no such file", "files"),
    provisioned("nginx does not serve the site any more", f"rm {NGINX}/sites-enabled/ekklesia; {RELOAD}",
                "it does not answer as it should", "nginx"),
    provisioned("Debian's own site of nginx is back",
                f"echo 'server {{ listen 80 default_server; }}' > {NGINX}/sites-enabled/default",
                "nginx: it would not start with these files", "nginx"),
    edited("gunicorn's unit was edited",
           f"sed -i 's/^User=.*/User=nobody/' {UNIT}; systemctl daemon-reload; {RESTART}",
           f"{UNIT} was changed"),
    provisioned("gunicorn's own settings are gone", f"rm {SETTINGS}/gunicorn_hooks.py; {RESTART}",
                f"{SETTINGS}/gunicorn_hooks.py: no such file", "files"),
    configured("Django's settings were emptied", f": > {SETTINGS}/ekklesia.env; {RESTART}",
               f"{SETTINGS}/ekklesia.env is empty"),
    configured("a setting is too long for any process to start with it",
               f"{LONG} >> {SETTINGS}/ekklesia.env; {RESTART}", "a line with which nothing starts"),
    provisioned("the host's secrets were emptied", f": > {SETTINGS}/host.env; {RESTART}",
                f"{SETTINGS}/host.env lacks DJANGO_SECRET_KEY", "secrets"),
    provisioned("the key for nudges was emptied", f": > {SETTINGS}/nudge-key.pem",
                f"{SETTINGS}/nudge-key.pem is no key", "secrets"),
    provisioned("the uploaded files are root's", f"chown -R root:root {BASE}/media",
                f"{BASE}/media is another's", "files"),
    Broken("the certificate has expired", EXPIRE, "browsers refuse it", RENEW, PROVISIONER),
    Broken("the key of the certificate was emptied", f": > {SERVED}/privkey.pem",
           "nginx: it would not start with these files", RENEW, PROVISIONER),
    provisioned("everybody may write where the settings are", f"chmod 777 {SETTINGS}",
                f"{SETTINGS} has another mode", "files"),
)  # fmt: skip
