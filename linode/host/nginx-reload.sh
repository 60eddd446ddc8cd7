# Makes nginx load its configuration. Returns when the old workers have ended, after 30 s at most.
reload_nginx() {
    nginx -t -q || return 1
    old_workers=$(pgrep --parent "$(cat /run/nginx.pid)" || true)
    systemctl reload nginx || return 1
    tenths=0
    for worker in $old_workers; do
        while [ -e "/proc/$worker" ] && [ "$tenths" -lt 300 ]; do
            tenths=$((tenths + 1))
            sleep 0.1
        done
    done
}
