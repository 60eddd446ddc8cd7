#!/bin/sh
# Dumps the database with a checksum beside it and prints the path. Run as root; one argument: why.
set -eu
umask 077
folder='{{ layout.BACKUPS }}'
keep=30

name="$(date -u +%Y%m%dT%H%M%SZ)-${1:-manual}.dump"
trap 'rm -f "$folder/$name.partial"' EXIT
runuser -u postgres -- pg_dump --format=custom '{{ layout.DATABASE }}' > "$folder/$name.partial"
# What pg_restore cannot list is no backup.
pg_restore --list "$folder/$name.partial" > /dev/null
mv "$folder/$name.partial" "$folder/$name"
(cd "$folder" && sha256sum "$name" > "$name.sha256")

# Names begin with the time, so the oldest come first.
find "$folder" -name '*.dump' | sort | head -n "-$keep" | while read -r old; do
    rm -f "$old" "$old.sha256"
done
echo "$folder/$name"
