# Gives a hand-built gunicorn other names, so that ours can have them; somebody answers all the while.
# Whatever step it is cut off at, running it again completes it.
# {% include "nginx-reload.sh" %}
former='{{ layout.FORMER }}'
units=/etc/systemd/system
install -d -m 700 "$former" "$former/nginx"

for unit in gunicorn.socket gunicorn.service; do
    [ -f "$units/$unit" ] || continue
    cp -p "$units/$unit" "$former/$unit"
    sed -E -e 's#/run/gunicorn\.sock#/run/former-gunicorn.sock#g' -e 's#\bgunicorn\.socket\b#former-gunicorn.socket#g' \
        "$former/$unit" > "$units/former-$unit"
done
systemctl daemon-reload
[ ! -f "$units/former-gunicorn.socket" ] || systemctl enable --quiet --now former-gunicorn.socket
systemctl enable --quiet former-gunicorn.service
systemctl restart former-gunicorn.service
seconds=0
until curl --silent --output /dev/null --max-time 10 --unix-socket /run/former-gunicorn.sock http://localhost/; do
    seconds=$((seconds + 1))
    [ "$seconds" -lt 30 ] || { echo 'the hand-built site does not answer under its other name' >&2; exit 1; }
    sleep 1
done

grep -RlE '/run/(former-)?gunicorn\.sock' /etc/nginx/sites-enabled > "$former/sites" || {
    echo 'no nginx site leads to the hand-built gunicorn' >&2; exit 1; }
while read -r site; do
    original="$former/nginx/$(basename "$site")"
    [ -e "$original" ] || cp -p "$site" "$original"
    sed -i --follow-symlinks 's#/run/gunicorn\.sock#/run/former-gunicorn.sock#g' "$site"
done < "$former/sites"
reload_nginx
touch "$former/serves"

systemctl disable --quiet --now gunicorn.service
[ ! -f "$units/gunicorn.socket" ] || systemctl disable --quiet --now gunicorn.socket
rm -f "$units/gunicorn.service" "$units/gunicorn.socket"
systemctl daemon-reload
