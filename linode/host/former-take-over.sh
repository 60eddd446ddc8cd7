# Leads nginx from the hand-built site to ours, without losing a request. Undoes itself where nginx refuses.
# {% include "nginx-reload.sh" %}
former='{{ layout.FORMER }}'
enabled=/etc/nginx/sites-enabled
install -d -m 700 "$former/enabled"
while read -r site; do
    [ ! -e "$site" ] || mv "$site" "$former/enabled/"
done < "$former/sites"
ln -sfn /etc/nginx/sites-available/ekklesia "$enabled/ekklesia"
if ! reload_nginx; then
    rm -f "$enabled/ekklesia"
    mv "$former/enabled/"* "$enabled/"
    exit 1
fi
rm -f "$former/serves"
