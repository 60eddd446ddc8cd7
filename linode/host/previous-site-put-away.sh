# Stops our site and puts our register away: the next deploy copies the previous one anew.
# {% include "postgresql.sh" %}
set -eu
kept='{{ layout.DATABASE }}_given_back'
systemctl stop '{{ layout.SERVICE }}'
rm -f '{{ layout.CURRENT }}'
as_postgres dropdb --if-exists "$kept"
echo "ALTER DATABASE {{ layout.DATABASE }} RENAME TO $kept" | sql
as_postgres createdb --owner '{{ layout.DATABASE }}' --encoding UTF8 --template template0 '{{ layout.DATABASE }}'
