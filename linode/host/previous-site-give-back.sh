# Leads nginx back to the previous site, which is started for it.
# {% include "nginx-reload.sh" %}
# {% include "postgresql.sh" %}
# {% include "previous-site-read-only.sh" %}
set -eu
set_read_only off
kept='{{ layout.PREVIOUS_SITE }}'
service='{{ layout.PREVIOUS_SERVICE }}'
socket='{{ layout.PREVIOUS_SOCKET }}'
enabled=/etc/nginx/sites-enabled
[ ! -f "/etc/systemd/system/$socket" ] || systemctl enable --quiet --now "$socket"
systemctl enable --quiet --now "$service"
touch "$kept/serves"
rm -f "$enabled/ekklesia"
for site in "$kept/enabled/"*; do
    [ ! -e "$site" ] || mv "$site" "$enabled/"
done
reload_nginx
