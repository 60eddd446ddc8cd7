"""Guards of the host's programs and of the deploys. More are taken away on a real host (`tests/host`)."""

from __future__ import annotations

from tests.guards.guard import Guard

HOST_GUARDS = (
    Guard(
        "uploads-are-unpacked-by-the-site",
        "a link in the folder into which root unpacks",
        "ansible-free-deploy/deploy/backup/restore.py",
        "runuser -u {owner} -- tar",
        "tar",
        "tests/fabric/test_plain_text.py::test_uploaded_files_are_never_unpacked_by_root",
    ),
    Guard(
        "backups-read-as-the-site",
        "a function in the site's database that a backup runs",
        "linode/host/ekklesia_backup/snapshot.py",
        '["runuser", "-u", database, "--"]',
        '["runuser", "-u", "postgres", "--"]',
        "tests/backup/test_superusers_rights.py::test_a_backup_runs_a_planted_function_as_the_site",
    ),
    Guard(
        "dumps-are-restored-as-the-site",
        "the same, in a dump that is restored",
        "ansible-free-deploy/deploy/backup/restore.py",
        "{database.AS_SITE} {restore} --dbname",
        "{database.AS_POSTGRES} {restore} --role=site --dbname",
        "tests/backup/test_superusers_rights.py::test_a_dump_is_restored_as_the_site",
    ),
    Guard(
        "superusers-find-only-postgresqls-own",
        "a function with the name of PostgreSQL's own, which the superuser finds",
        "linode/host/ekklesia_host/database.py",
        '["runuser", "-u", "postgres", "--", "env", "PGOPTIONS=-csearch_path=pg_catalog"]',
        '["runuser", "-u", "postgres", "--"]',
        "tests/backup/test_superusers_rights.py"
        "::test_the_superusers_own_questions_find_only_postgresqls_functions",
    ),
    Guard(
        "reports-steer-no-terminal",
        "a host that writes to its operator's terminal",
        "ansible-free-deploy/deploy/remote/plain_text.py",
        "    return STEERING.sub(lambda found: repr(found.group())[1:-1], text)\n",
        "    return text\n",
        "tests/fabric/test_plain_text.py::test_neither_a_report_nor_a_table_is_steered_or_breaks",
    ),
    Guard(
        "wheels-are-the-pinned-ones",
        "another wheel in the project's bucket",
        "ansible-free-deploy/deploy/legacy/django.py",
        "if content is None or hashlib.sha256(content).hexdigest() == pinned():",
        "if True:",
        "tests/fabric/test_legacy_django.py::test_nothing_but_the_pinned_wheel_is_taken_from_the_bucket",
    ),
    Guard(
        "packages-are-the-pinned-ones",
        "a mirror that serves another package",
        "ansible-free-deploy/deploy/legacy/debian_package.py",
        "if hashlib.sha256(answer.content).hexdigest() == self.sha256:",
        "if True:",
        "tests/fabric/test_legacy_django.py::test_the_first_place_with_the_right_file_is_taken",
    ),
    Guard(
        "copies-go-where-provisioned",
        "a deployer's own listener, which would get the host's token",
        "linode/host/ekklesia_backup/configuration.py",
        "    places.require(content, fixed)\n",
        "",
        "tests/backup/test_places.py::test_no_listener_gets_the_hosts_token",
    ),
    Guard(
        "verbs-take-words-of-a-form",
        "a stolen login that gives root a path, an option or a command",
        "linode/host/ekklesia_host/vocabulary.py",
        "return isinstance(value, str) and re.fullmatch(form, value, re.ASCII) is not None",
        "return isinstance(value, str)",
        "tests/fabric/test_host_program.py::test_no_argument_is_a_path_an_option_or_a_command",
    ),
    Guard(
        "nobody-sets-the-hosts-own-secrets",
        "a deployer who replaces the database's address",
        "linode/host/ekklesia_host/configuration.py",
        "if not NAME.fullmatch(name) or name in OWN:",
        "if not NAME.fullmatch(name):",
        "tests/fabric/test_host_program.py::test_the_host_refuses_an_environment_itself",
    ),
    Guard(
        "only-googles-names-are-opened",
        "a deployer who opens the way out to a server of their own",
        "linode/host/ekklesia_host/egress.py",
        "if match.group(1).endswith(GOOGLES)})",
        "if match.group(1)})",
        "tests/fabric/test_egress.py::test_only_googles_names_come_with_the_clouds_settings",
    ),
    Guard(
        "gunicorn-quotes-no-kennitala",
        "whoever reads what gunicorn says of a request that failed",
        "linode/host/gunicorn_hooks.py",
        "handler.setFormatter(LogFormatter(self.error_fmt, self.datefmt))",
        "pass",
        "tests/linode/test_gunicorn_log.py::test_a_request_that_gunicorn_quotes_is_masked",
    ),
)
