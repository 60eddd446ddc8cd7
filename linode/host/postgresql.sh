# PostgreSQL's programs, as its superuser.
as_postgres() {
    runuser -u postgres -- "$@"
}
sql() {
    # Functions of others that have the name of PostgreSQL's own are not found (CVE-2018-1058).
    as_postgres env PGOPTIONS=-csearch_path=pg_catalog psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"
}
