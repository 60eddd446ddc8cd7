#!/bin/sh
# Turns a bare Debian into a host such as production's was, command by command as a person typed them.
# Arguments: the site's host names, separated by commas. Beforehand copied to the host: PostgreSQL 10 to
# /usr/lib/postgresql/10, Django's sources to /felagar, the packages of its virtualenv to /root/packages.
set -eu
names=$1
server_names=$(echo "$names" | tr , ' ')
export DEBIAN_FRONTEND=noninteractive
apt-get install --yes -qq --no-install-recommends nginx postgresql-client sudo > /dev/null

useradd --create-home --shell /bin/bash manager
install -d -m 700 -o manager -g manager /home/manager/.ssh
install -m 600 -o manager -g manager /root/.ssh/authorized_keys /home/manager/.ssh/authorized_keys
echo 'manager ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/90-manager

# PostgreSQL 10, on the usual port, with a role and a database of the site's.
programs=/usr/lib/postgresql/10/bin
data=/var/lib/postgresql/10/main
useradd --system --create-home --home-dir /var/lib/postgresql --shell /bin/bash postgres
runuser -u postgres -- "$programs/initdb" -D "$data" -E UTF8 --locale=C.UTF-8 --auth-host=md5 --auth-local=peer \
    > /dev/null
cat > /etc/systemd/system/postgresql.service <<UNIT
[Unit]
Description=PostgreSQL 10
After=network.target
[Service]
Type=forking
User=postgres
RuntimeDirectory=postgresql
ExecStart=$programs/pg_ctl -D $data -w -s -l $data/log -o "-c unix_socket_directories=/run/postgresql" start
ExecStop=$programs/pg_ctl -D $data -m fast -s stop
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --quiet --now postgresql.service
runuser -u postgres -- psql -Xq <<'SQL'
CREATE ROLE manager LOGIN PASSWORD 'typed-by-hand';
CREATE DATABASE felagakerfi OWNER manager;
SQL

# Django in /felagar, in a virtualenv of Python 3.6.
python3.6 -m venv --without-pip /home/manager/virtualenv
cp -a /root/packages/. /home/manager/virtualenv/lib/python3.6/site-packages/
cat > /felagar/site.env <<ENV
DJANGO_SECRET_KEY=written-by-hand-once-and-never-changed-since-0123456789
DJANGO_ALLOWED_HOSTS=$names
DJANGO_CSRF_TRUSTED_ORIGINS=https://$names
DATABASE_URL=postgres://manager:typed-by-hand@127.0.0.1:5432/felagakerfi
SYNC_API_TOKEN=0123456789abcdef0123456789abcdef01234567
SECOND_FACTOR_KEYS=$(openssl rand -base64 32 | tr '+/' '-_')
ENV
chown -R manager:manager /felagar /home/manager/virtualenv
manage() {
    # shellcheck source=/dev/null
    (set -a && . /felagar/site.env && cd /felagar &&
        runuser -u manager -- /home/manager/virtualenv/bin/python manage.py "$@")
}
manage migrate --noinput > /dev/null
manage collectstatic --noinput --verbosity=0
manage load_register < /root/register.jsonl
# After `load_register`, which needs a table that the previous site did not have.
manage migrate --noinput sync 0003 > /dev/null
manage shell -c "from django.contrib.auth.models import User; User.objects.create_superuser('stjorn', '', 'gamalt-lykilord')"

cat > /etc/systemd/system/gunicorn.socket <<'UNIT'
[Unit]
Description=gunicorn socket
[Socket]
ListenStream=/run/gunicorn.sock
[Install]
WantedBy=sockets.target
UNIT
cat > /etc/systemd/system/gunicorn.service <<'UNIT'
[Unit]
Description=gunicorn daemon
Requires=gunicorn.socket
After=network.target
[Service]
Type=notify
User=manager
Group=www-data
WorkingDirectory=/felagar
EnvironmentFile=/felagar/site.env
ExecStart=/home/manager/virtualenv/bin/python -m gunicorn --workers 3 --timeout 300 ekklesia.wsgi
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --quiet --now gunicorn.socket gunicorn.service

cp /etc/ssl/ekklesia/fullchain.pem /etc/nginx/felagar.pem
cp /etc/ssl/ekklesia/privkey.pem /etc/nginx/felagar.key
cat > /etc/nginx/sites-available/felagar <<SITE
server {
    listen 80;
    server_name $server_names;
    return 301 https://\$host\$request_uri;
}
server {
    listen 443 ssl;
    server_name $server_names;
    ssl_certificate /etc/nginx/felagar.pem;
    ssl_certificate_key /etc/nginx/felagar.key;
    location /static/ { alias /felagar/static/; }
    location / {
        proxy_set_header Host \$http_host;
        proxy_set_header X-Real-IP \$remote_addr;
        proxy_set_header X-Forwarded-Proto \$scheme;
        proxy_pass http://unix:/run/gunicorn.sock;
    }
}
SITE
ln -s /etc/nginx/sites-available/felagar /etc/nginx/sites-enabled/felagar
rm /etc/nginx/sites-enabled/default
systemctl reload-or-restart nginx
