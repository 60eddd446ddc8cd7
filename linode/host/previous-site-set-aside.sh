# Gives the previous site's gunicorn other names, so that ours can have them; one of the two answers all the while.
# If it is cut off at any step, running it again completes it.
# {% include "nginx-reload.sh" %}
kept='{{ layout.PREVIOUS_SITE }}'
prefix='{{ layout.PREVIOUS_PREFIX }}'
units=/etc/systemd/system
install -d -m 700 "$kept" "$kept/nginx"

for unit in gunicorn.socket gunicorn.service; do
    [ -f "$units/$unit" ] || continue
    cp -p "$units/$unit" "$kept/$unit"
    sed -E -e "s#/run/gunicorn\.sock#/run/${prefix}gunicorn.sock#g" -e "s#\bgunicorn\.socket\b#${prefix}gunicorn.socket#g" \
        "$kept/$unit" > "$units/$prefix$unit"
done
systemctl daemon-reload
[ ! -f "$units/${prefix}gunicorn.socket" ] || systemctl enable --quiet --now "${prefix}gunicorn.socket"
systemctl enable --quiet "${prefix}gunicorn.service"
systemctl restart "${prefix}gunicorn.service"
seconds=0
until curl --silent --output /dev/null --max-time 10 --unix-socket "/run/${prefix}gunicorn.sock" http://localhost/; do
    seconds=$((seconds + 1))
    [ "$seconds" -lt 30 ] || { echo 'the previous site does not answer under its other name' >&2; exit 1; }
    sleep 1
done

grep -RlE "/run/($prefix)?gunicorn\.sock" /etc/nginx/sites-enabled > "$kept/sites" || {
    echo "no nginx site leads to the previous site's gunicorn" >&2; exit 1; }
while read -r site; do
    original="$kept/nginx/$(basename "$site")"
    [ -e "$original" ] || cp -p "$site" "$original"
    sed -i --follow-symlinks "s#/run/gunicorn\.sock#/run/${prefix}gunicorn.sock#g" "$site"
done < "$kept/sites"
reload_nginx
touch "$kept/serves"

systemctl disable --quiet --now gunicorn.service
[ ! -f "$units/gunicorn.socket" ] || systemctl disable --quiet --now gunicorn.socket
rm -f "$units/gunicorn.service" "$units/gunicorn.socket"
systemctl daemon-reload
