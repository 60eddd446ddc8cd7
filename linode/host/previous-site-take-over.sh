# Leads nginx from the previous site to ours, without losing a request. If nginx refuses, all is as it was.
# {% include "nginx-reload.sh" %}
set -eu
kept='{{ layout.PREVIOUS_SITE }}'
enabled=/etc/nginx/sites-enabled
install -d -m 700 "$kept/enabled"
while read -r site; do
    [ ! -e "$site" ] || mv "$site" "$kept/enabled/"
done < "$kept/sites"
ln -sfn /etc/nginx/sites-available/ekklesia "$enabled/ekklesia"
if ! reload_nginx; then
    rm -f "$enabled/ekklesia"
    mv "$kept/enabled/"* "$enabled/"
    exit 1
fi
rm -f "$kept/serves"
