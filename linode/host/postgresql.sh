# PostgreSQL's programs, as its superuser.
as_postgres() {
    runuser -u postgres -- "$@"
}
sql() {
    as_postgres psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"
}
