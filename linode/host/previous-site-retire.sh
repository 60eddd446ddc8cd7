# Stops the previous site's gunicorn, which serves nobody any more.
systemctl disable --quiet --now '{{ layout.PREVIOUS_SERVICE }}' '{{ layout.PREVIOUS_SOCKET }}' 2>/dev/null || true
