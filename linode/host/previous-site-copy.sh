# Copies the previous site's register into ours while that is empty. From then on the previous one can only be read.
# {% include "postgresql.sh" %}
# {% include "previous-site-read-only.sh" %}
set -eu
umask 077
tables=$(echo "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'" | sql '{{ layout.DATABASE }}')
if [ "$tables" != 0 ]; then
    echo there
    exit
fi
# By a file: a shell would see only the last command of a pipe fail.
dump=$(mktemp)
trap 'status=$?; rm -f "$dump"; [ "$status" = 0 ] || set_read_only off' EXIT
set_read_only on
as_postgres pg_dump --format=custom "$previous" > "$dump"
as_postgres pg_restore --exit-on-error --single-transaction --no-owner --no-privileges \
    --role='{{ layout.DATABASE }}' --dbname='{{ layout.DATABASE }}' < "$dump"
echo copied
