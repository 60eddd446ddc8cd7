"""The second factor of a person: enrolled, checked, renewed, reset; and from when on it is required."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from staff import attempts, codes
from staff.models import Authenticator, RecoveryCode
from staff.sealing import UnreadableSecretError, seal, unseal


def of(user):
    """The person's authenticator, or None."""
    return Authenticator.objects.filter(user_id=user.pk).first()


def is_required(user):
    """Whether a password alone lets this person nowhere: they have a second factor, or the day has come."""
    day = settings.SECOND_FACTOR_FROM
    return day is None or timezone.localdate() >= day or of(user) is not None


def is_missing(user):
    """Whether a session (whose user django-otp's middleware has marked) lacks the second factor."""
    return not user.is_verified() and is_required(user)


def generation(user):
    """A text that changes if the second factor is enrolled, renewed or reset."""
    authenticator = of(user)
    return "{}/{}".format(authenticator.pk, authenticator.enrolled_at) if authenticator else "none"


def recovery_digests(user):
    """What is kept of the recovery codes that the person has not used."""
    return sorted(RecoveryCode.objects.filter(authenticator__user=user.pk).values_list("digest", flat=True))


def keep_recovery_codes(user, digests):
    """Remove all others; how many there were."""
    others = RecoveryCode.objects.filter(authenticator__user=user.pk).exclude(digest__in=digests)
    return others.delete()[0]


def check(user, code, address):
    """The authenticator if a code of the app or a recovery code is right, else None. Each works once.

    Raises TooManyFailures.
    """
    attempt = attempts.begin(attempts.with_code(user), address)
    with transaction.atomic():
        # The row's lock: a code that two requests bring at once is right for one of them.
        authenticator = Authenticator.objects.select_for_update().filter(user_id=user.pk).first()
        if authenticator is None or not (_take(authenticator, code) or _take_recovery(authenticator, code)):
            return None
    attempts.succeed(attempt)
    return authenticator


class AlreadyEnrolledError(Exception):
    """The person has a second factor, and nobody asked for another one."""


@transaction.atomic
def enrol(user, secret, step=-1, replace=False):
    """Store a secret whose code of that time step was right; the recovery codes, which are shown once.

    `replace` takes the place of an earlier one. Raises AlreadyEnrolledError without it: of two who enrol at
    the same moment with one password, the second one is refused.
    """
    get_user_model().objects.select_for_update().get(pk=user.pk)
    if replace:
        Authenticator.objects.filter(user_id=user.pk).delete()
    elif of(user):
        raise AlreadyEnrolledError
    authenticator = Authenticator.objects.create(user=user, sealed_secret=seal(secret), last_step=step)
    return renew_recovery_codes(authenticator)


@transaction.atomic
def renew_recovery_codes(authenticator):
    """New recovery codes; the earlier ones no longer work."""
    shown = codes.new_recovery_codes()
    authenticator.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(authenticator=authenticator, digest=codes.recovery_digest(code)) for code in shown
    )
    return shown


def reset(user):
    """Remove it: the person enrols anew at the next log-in. Whether there was one; their sessions end."""
    attempts.forget_person(attempts.with_code(user))
    return bool(Authenticator.objects.filter(user_id=user.pk).delete()[0])


def _take(authenticator, code):
    try:
        secret = unseal(authenticator.sealed_secret)
    except UnreadableSecretError:
        return False
    step = codes.step_of(code, secret, authenticator.last_step)
    if step is None:
        return False
    authenticator.last_step = step
    authenticator.save(update_fields=["last_step"])
    return True


def _take_recovery(authenticator, code):
    return bool(authenticator.recovery_codes.filter(digest=codes.recovery_digest(code)).delete()[0])
