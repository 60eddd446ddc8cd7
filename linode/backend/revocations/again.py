"""Takes away again, in a restored database, what was taken away since its backup. It never gives anything.

So a live database that somebody has spoilt can at worst lock people out (`manage.py confirm_staff`).
A password that was changed since is neither the old nor the new one: both may be known to the wrong person.
"""

from api_access.models import ApiToken
from communication import deliveries
from communication.models import Email
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from membership.models import Comrade
from rest_framework.authtoken.models import Token
from staff import second_factor
from sync import erasures, records

from revocations.standing import FLAGS, password_digest, permission_name


@transaction.atomic
def revoke_again(standing):
    """Hold the database against what counts now (`standing.py`); what was taken away, in words.

    `standing` None: nothing is known. Then every account waits for an operator, and every token is ended.
    """
    done = _accounts(standing["accounts"] if standing else {})
    if standing:
        done += _groups(standing["groups"])
        done += _unreachable(standing["unreachable"])
        done += _erased(standing.get("erased", []))
    done += _letters(standing.get("letters", []) if standing else [])
    done += _tokens(standing)
    Session.objects.all().delete()
    Token.objects.all().delete()
    return done + ["everybody logs in anew"]


def _accounts(known):
    done = []
    users = get_user_model().objects.prefetch_related("groups", "user_permissions__content_type")
    for user in users.order_by("username"):
        account = known.get(user.get_username())
        lost = _whole_account(user) if account is None else _of_account(user, account)
        if lost:
            user.save()
            done.append("{}: {}".format(user.get_username(), ", ".join(lost)))
    return done


def _whole_account(user):
    """An account that is there no more, or of which nothing is known: an operator confirms it."""
    if not user.is_active and not user.has_usable_password():
        return []
    user.is_active = False
    user.set_unusable_password()
    return ["not active until it is confirmed"]


def _of_account(user, account):
    lost = []
    for flag in FLAGS:
        if getattr(user, flag) and not account[flag]:
            setattr(user, flag, False)
            lost.append("no longer " + flag)
    if password_digest(user) != account["password"] and user.has_usable_password():
        user.set_unusable_password()
        lost.append("the password was changed since: it needs a new one")
    lost += _of_second_factor(user, account)
    lost += _without(user.groups, lambda group: group.name, account["groups"])
    return lost + _without(user.user_permissions, permission_name, account["permissions"])


def _of_second_factor(user, account):
    """A phone that was lost since, and recovery codes that were used."""
    if second_factor.generation(user) != account["second_factor"]:
        return ["the second factor was changed since: it is set up anew"] if second_factor.reset(user) else []
    used = second_factor.keep_recovery_codes(user, account["recovery_codes"])
    return ["{} recovery codes were used since".format(used)] if used else []


def _groups(known):
    done = []
    for group in Group.objects.prefetch_related("permissions__content_type").order_by("name"):
        lost = _without(group.permissions, permission_name, known.get(group.name, []))
        if lost:
            done.append("group {}: {}".format(group.name, ", ".join(lost)))
    return done


def _without(related, name_of, kept):
    """Remove what is not among those names; what was removed, in words."""
    gone = [item for item in related.all() if name_of(item) not in kept]
    related.remove(*gone)
    return ["without " + name_of(item) for item in gone]


def _tokens(standing):
    """Those of persons. The functions' are taken from the host's own file, and all others of theirs end."""
    persons = ApiToken.objects.valid().filter(owner__isnull=False)
    count = persons.exclude(digest__in=standing["tokens"] if standing else []).revoke()
    return ["{} tokens of persons ended".format(count)] if count else []


def _erased(pairs):
    """Those whom the live database still names. The sync finds all others on the list of erased keys."""
    records.forget([kennitala for kennitala, _ in pairs])
    erasures.note([(kennitala, erasure, False) for kennitala, erasure in pairs])
    return ["{} people erased again".format(len(pairs))] if pairs else []


def _letters(confirmed):
    """Letters that were on their way when the backup was made, and drafts that were confirmed since."""
    count = deliveries.give_up_waiting("the register was restored from a backup")
    drafts = Email.objects.filter(pk__in=confirmed, sent_at=None).update(sent_at=timezone.now(), number=0)
    done = ["{} letters wait for a person: they may have been sent since".format(count)] if count else []
    return done + (["{} drafts were sent since".format(drafts)] if drafts else [])


def _unreachable(kennitalas):
    """The sync's trigger sees this like any other edit, so Firestore gets it too."""
    members = Comrade.objects.filter(ssn__in=kennitalas, reachable=True)
    count = members.update(reachable=False)
    return ["{} members want no letters".format(count)] if count else []
