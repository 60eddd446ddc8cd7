"""What counts now: read from the live database, to be held against a restored one.

It names accounts and members, but holds no password and no token: only digests, which are compared.
"""

import hashlib

from api_access.models import ApiToken
from communication.models import Email
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from membership.models import Comrade
from staff import second_factor
from sync.models import Erasure

FLAGS = ("is_active", "is_staff", "is_superuser")


def standing_rights():
    """What counts now, for JSON.

    Accounts, groups, valid tokens of persons, who is being erased, who wants no letters, which are confirmed.
    None if the database knows no account: a new host's tells nothing of what was taken away.
    """
    users = get_user_model().objects.prefetch_related("groups", "user_permissions__content_type")
    accounts = {user.get_username(): _account(user) for user in users}
    if not accounts:
        return None
    groups = Group.objects.prefetch_related("permissions__content_type")
    return {
        "accounts": accounts,
        "groups": {group.name: named(group.permissions.all()) for group in groups},
        "tokens": sorted(
            ApiToken.objects.valid().filter(owner__isnull=False).values_list("digest", flat=True)
        ),
        "erased": list(Erasure.objects.filter(let_in=False).order_by("ssn").values_list("ssn", "erasure")),
        "letters": sorted(Email.objects.filter(sent_at__isnull=False).values_list("pk", flat=True)),
        "unreachable": sorted(Comrade.objects.filter(reachable=False).values_list("ssn", flat=True)),
    }


def password_digest(user):
    """Tells whether a password was changed, and not what it is."""
    return hashlib.sha256(user.password.encode()).hexdigest()


def named(permissions):
    """Permissions by a name that is the same in each copy of the database."""
    return sorted(map(permission_name, permissions))


def permission_name(permission):
    """`app.model.codename`."""
    kind = permission.content_type
    return "{}.{}.{}".format(kind.app_label, kind.model, permission.codename)


def _account(user):
    account = {flag: getattr(user, flag) for flag in FLAGS}
    account["password"] = password_digest(user)
    account["second_factor"] = second_factor.generation(user)
    account["recovery_codes"] = second_factor.recovery_digests(user)
    account["groups"] = sorted(group.name for group in user.groups.all())
    account["permissions"] = named(user.user_permissions.all())
    return account
