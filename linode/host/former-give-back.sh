# Leads nginx back to the hand-built site, which is started for it.
# {% include "nginx-reload.sh" %}
former='{{ layout.FORMER }}'
enabled=/etc/nginx/sites-enabled
[ ! -f /etc/systemd/system/former-gunicorn.socket ] || systemctl enable --quiet --now former-gunicorn.socket
systemctl enable --quiet --now former-gunicorn.service
touch "$former/serves"
rm -f "$enabled/ekklesia"
for site in "$former/enabled/"*; do
    [ ! -e "$site" ] || mv "$site" "$enabled/"
done
reload_nginx
