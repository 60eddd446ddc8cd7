"""Which pending migrations run before a release is switched to, and which after.

While those before the switch run, the old release still serves; so they only add ("expand"). A migration
that takes away something which the old release needs says `after_switch = True` in its class and runs when
the new release serves ("contract").
"""

from io import StringIO

from django.core.management import CommandError, call_command
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor


class Pending:
    """The pending migrations of one database, in the order of their dependencies."""

    def __init__(self, connection):
        executor = MigrationExecutor(connection)
        loader = executor.loader
        loader.check_consistent_history(connection)
        self._graph = loader.graph
        self.unknown = unknown(loader)
        """What was applied and is not known here, although its application is: the database is ahead."""
        self.is_fresh = not loader.applied_migrations
        """Whether nothing was ever applied, so that no migration can break anything."""
        plan = executor.migration_plan(loader.graph.leaf_nodes())
        migrations = [migration for migration, _ in plan]
        self.before = [migration for migration in migrations if not runs_after(migration)]
        self.after = [migration for migration in migrations if runs_after(migration)]

    def check_order(self):
        """Raise CommandError if one that runs before the switch needs one that runs after it."""
        late = {key(migration) for migration in self.after}
        for migration in self.before:
            for needed in self._graph.forwards_plan(key(migration)):
                if needed in late:
                    raise CommandError(
                        "{0} would run before the switch but needs {1}, which runs after it: "
                        "deploy them one after the other, or mark {0} `after_switch` too".format(
                            name(migration), ".".join(needed)
                        )
                    )

    def targets_before(self):
        """How far each application goes before the switch: (application, migration) pairs."""
        return list({migration.app_label: key(migration) for migration in self.before}.values())


def unknown(loader):
    """The names of applied migrations that no file holds and no squashed one replaces."""
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    known = set(loader.disk_migrations) | replaced
    applications = {app_label for app_label, _ in known}
    ahead = [key for key in loader.applied_migrations if key[0] in applications and key not in known]
    return sorted(".".join(key) for key in ahead)


def runs_after(migration):
    """Whether a migration says that it runs after the switch."""
    return getattr(migration, "after_switch", False)


def key(migration):
    """A migration's name in Django's graph."""
    return migration.app_label, migration.name


def name(migration):
    """A migration's name for people: `sync.0004_intent_landed`."""
    return ".".join(key(migration))


def description(migration):
    """A migration for the linter: its name, its SQL, and whether it runs Python beside that."""
    runs_python = any(isinstance(operation, RunPython) for operation in migration.operations)
    return {"name": name(migration), "sql": statements(migration), "python": runs_python}


def statements(migration):
    """The SQL of a migration; None if Django cannot tell it before earlier ones are applied."""
    output = StringIO()
    try:
        call_command("sqlmigrate", *key(migration), stdout=output, no_color=True)
    except ValueError:
        return None
    return output.getvalue()
