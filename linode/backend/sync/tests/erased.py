"""The ways of an erasure that tests take."""

from datetime import timedelta

from django.utils import timezone

from sync.erasure import erase
from sync.models import Erasure


def age(**ago):
    """As if the list had had every key for so long."""
    Erasure.objects.update(listed=timezone.now() - timedelta(**ago))


def erase_wholly(cloud, kennitala, user):
    """Until neither half names the person any more."""
    erase(kennitala, user)
    cloud.reconcile()
    forget_wholly(cloud)


def forget_wholly(cloud):
    """What the cloud is to do, and what follows once no worker can hold what it read before."""
    cloud.carry_out()
    age(minutes=16)
    cloud.carry_out()
