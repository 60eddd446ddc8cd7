"""The ready-made roles of staff: groups whose rights are written here, and kept so by each `migrate`.

Nobody ticks single rights. What is not in a role is for superusers: accounts, the API's tokens, erasing.
"""

from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions

from staff.texts import text


def _rights(actions, *models):
    """The names of Django's permissions: `membership.view_comrade`."""
    return {
        "{}.{}_{}".format(app, action, model)
        for action in actions.split()
        for app, _, model in (name.partition(".") for name in models)
    }


PEOPLE = (
    "membership.comrade",
    "membership.contactinfo",
    "membership.simpleaddress",
    "membership.foreignaddress",
)
WORK = ("membership.union", "membership.title")
LETTERS = ("communication.email", "communication.audience")
SYNC = ("sync.membersyncqueue", "sync.conflict")
ROLES = {
    "office": _rights("view add change", *PEOPLE, *WORK)
    | _rights("delete", "membership.foreignaddress")
    | _rights("view add change delete", *LETTERS)
    | _rights("view change", *SYNC),
    "events": _rights("view", *PEOPLE, *LETTERS),
    "mail": _rights("view", *PEOPLE, *WORK) | _rights("view add change delete", *LETTERS),
    "read-only": _rights("view", *PEOPLE, *WORK, *LETTERS, *SYNC),
}
PREFIX = "role:"
"""Of the groups' names, so that no group that somebody made is taken for a role."""


def keep(sender, using, apps=global_apps, **_):
    """Give each role exactly its rights in an application. Receives `post_migrate`.

    The rights are made first: Django's own receiver may come later. Before there are groups, nothing is done.
    """
    try:
        groups, permissions = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    of_application = list(permissions.objects.using(using).filter(content_type__app_label=sender.label))
    for role, rights in ROLES.items():
        group, _ = groups.objects.using(using).get_or_create(name=PREFIX + role)
        wanted = [each for each in of_application if "{}.{}".format(sender.label, each.codename) in rights]
        group.permissions.add(*wanted)
        group.permissions.remove(*[each for each in of_application if each not in wanted])


def named(group):
    """A group as staff read it: a role with what it is for, any other by its name."""
    role = group.name[len(PREFIX) :] if group.name.startswith(PREFIX) else None
    return text("role." + role) if role in ROLES else group.name
