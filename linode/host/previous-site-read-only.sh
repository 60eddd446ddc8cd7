# set_read_only on|off: the previous register can only be read, or be written again.
# A connection keeps what it began with: gunicorn's are made anew with its workers, others are ended.
set_read_only() {
    previous='{{ linode.previous_site.database if linode.previous_site else "" }}'
    began=$(echo 'SELECT clock_timestamp()' | sql)
    echo "ALTER DATABASE $previous SET default_transaction_read_only = $1" | sql
    systemctl try-restart '{{ layout.PREVIOUS_SERVICE }}'
    old="datname = '$previous' AND backend_start < '$began'"
    echo "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $old" | sql > /dev/null
}
